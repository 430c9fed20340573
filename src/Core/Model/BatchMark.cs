namespace PushGateway.Model;

/// <summary>
/// A position in a <see cref="MetricBatch"/>: its numbers of entries at one moment. The default is the start of the batch.
/// </summary>
/// <param name="Families">Number of families.</param>
/// <param name="Series">Number of series.</param>
/// <param name="Labels">Number of labels.</param>
/// <param name="Samples">Number of samples.</param>
public readonly record struct BatchMark(int Families, int Series, int Labels, int Samples);
