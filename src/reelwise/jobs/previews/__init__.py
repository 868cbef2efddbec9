"""Pictures and sound of single videos for reports and pages."""
