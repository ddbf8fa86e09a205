"""What must hold before a snapshot is published."""
