"""What a person does in JupyterLab, done in a real Chromium: one file for each thing."""
