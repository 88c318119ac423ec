"""The app that a déléguée territoriale opens in her browser."""
