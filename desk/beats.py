"""Signs of life of all consoles, written together: fifty agents would else write all the time."""

from desk.office import Office
from desk.presence import beat
from desk.rounds import Rounds

WRITE_SECONDS = 2.0  # of the 45 after which silence means gone


class Beats:
    """Who was heard of since the last writing."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._heard: set[str] = set()
        self._rounds = Rounds(self.write, every=WRITE_SECONDS, name="desk-beats")

    def start(self) -> None:
        """Begin to write."""
        self._rounds.start()

    async def stop(self) -> None:
        """Write what was heard last, and stop."""
        await self._rounds.stop()
        await self.write()

    def note(self, staff_id: str) -> None:
        """Note a sign of life of one agent."""
        self._heard.add(staff_id)

    async def write(self) -> None:
        """Write all that was heard."""
        if not self._heard:
            return
        heard, self._heard = self._heard, set()
        try:
            async with self._office.database.write() as session:
                await beat(session, heard, now=self._office.clock())
        except BaseException:
            self._heard |= heard
            raise
