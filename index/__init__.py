"""The administrator's room: people file, vectors, snapshots, and searching a snapshot."""
