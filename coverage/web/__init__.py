"""The app that a déléguée territoriale opens in her browser (``app.create_app``, ``serve``)."""
