"""What people wrote beside entries of the log that are not as things were."""
