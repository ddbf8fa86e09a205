"""What can be run: this project's recommender and the baselines."""
