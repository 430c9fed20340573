namespace PushGateway.Model;

/// <summary>How full a <see cref="MetricBatch"/> was; the default is empty.</summary>
/// <param name="Families">Number of families.</param>
/// <param name="Series">Number of series.</param>
/// <param name="Labels">Number of labels.</param>
/// <param name="Samples">Number of samples.</param>
public readonly record struct BatchMark(int Families, int Series, int Labels, int Samples);
