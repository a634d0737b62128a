"""What every component of ours that learns has in common: its settings, and its kept folder."""

from abc import abstractmethod
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.training_data import TrainingData


class TrainedComponent(GraphComponent):
    """Learns once, is kept as files of one folder of the model, and is restored from them."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage, self._resource = storage, resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "TrainedComponent":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "TrainedComponent":
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._restore(Path(folder))
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn, and keep what was learned."""
        self._learn(training_data)
        with self._storage.write_to(self._resource) as folder:
            self._keep(Path(folder))
        return self._resource

    @abstractmethod
    def _learn(self, training_data: TrainingData) -> None:
        """Learn from the training sentences."""

    @abstractmethod
    def _keep(self, folder: Path) -> None:
        """Write what was learned; at least one file."""

    @abstractmethod
    def _restore(self, folder: Path) -> None:
        """Read what `_keep` wrote."""
