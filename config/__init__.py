"""How an installation is set up: settings, logging, Valkey, migrations, help lines."""
