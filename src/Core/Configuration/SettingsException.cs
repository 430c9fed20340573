namespace PushGateway.Configuration;

/// <summary>Some settings cannot be used. The message has a line for each error.</summary>
public sealed class SettingsException(string message) : Exception(message);
