"""Chat messages in Slack's shape; nothing leaves the machine."""
