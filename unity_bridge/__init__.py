"""The link to Unity through ML-Agents: the same spaces as `envs`, served by a Unity player."""
