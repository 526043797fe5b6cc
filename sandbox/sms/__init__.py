"""Text messages in Twilio's shape; nothing leaves the machine."""
