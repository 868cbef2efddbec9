"""What jobs that train on clips of decoded videos share."""
