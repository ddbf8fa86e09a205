"""What is learnt from the reference goals: needs, kinds, and the centre of each side."""
