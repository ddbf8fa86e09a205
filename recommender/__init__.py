"""What a good suggestion is: people, rules, ranking and reasons; no files, no network, no clock."""
