"""The one-process mode: worker, schedule and live layer inside the web process."""
