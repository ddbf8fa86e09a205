"""The administrator's room: people file, vectors, snapshots, and searching a snapshot."""

from index.offline import stay_offline

stay_offline()
