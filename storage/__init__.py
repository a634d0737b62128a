"""The database ground floor: engine, column types, encryption, audit log, outbox, migrations."""
