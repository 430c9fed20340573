namespace PushGateway.Configuration;

/// <summary>Settings that cannot be used; the message has a line for each.</summary>
public sealed class SettingsException(string message) : Exception(message);
