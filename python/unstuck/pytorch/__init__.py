"""What is saved of a training in PyTorch. Imported when it is used, since it imports PyTorch."""
