namespace PushGateway.Aws.Sqs;

/// <summary>
/// A queue's URL: <c>https://sqs.eu-west-1.amazonaws.com/123456789012/pushes</c>. SQS identifies the queue by this exact text.
/// </summary>
internal sealed record SqsQueueUrl
{
    private readonly Uri _uri;

    /// <exception cref="ArgumentException">The text is not an absolute http or https URL that ends in a queue's name.</exception>
    public SqsQueueUrl(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)
            || uri.Segments[^1] is "/"
            || uri.Segments[^1].EndsWith('/'))
        {
            throw new ArgumentException($"\"{url}\" is not the URL of an SQS queue.", nameof(url));
        }

        _uri = uri;
        Value = url;
    }

    public string Value { get; }

    public string Name => _uri.Segments[^1];

    public bool IsFifo => Name.EndsWith(".fifo", StringComparison.Ordinal);

    /// <summary>The region in the host name; null when the host does not belong to AWS.</summary>
    public string? Region
    {
        get
        {
            var labels = _uri.Host.Split('.');
            if (labels is not [.., "amazonaws", "com"] and not [.., "amazonaws", "com", "cn"] and not [.., "api", "aws"])
            {
                return null;
            }

            // sqs.<region>.…, sqs-fips.<region>.…, <id>.sqs.<region>.vpce.…, and the legacy <region>.queue.….
            var service = Array.FindIndex(labels, label => label is "sqs" or "sqs-fips");
            return service >= 0 ? NotDomain(labels[service + 1])
                : Array.IndexOf(labels, "queue") is > 0 and var queue ? labels[queue - 1]
                : null;
        }
    }

    /// <summary>
    /// The queue of an ARN, at the same host as this one, because the hosts in emulators' URLs do not resolve. A dead-letter queue is
    /// always in the source queue's region and account.
    /// </summary>
    /// <param name="arn"><c>arn:aws:sqs:eu-west-1:123456789012:pushes-dead</c>.</param>
    public SqsQueueUrl Sibling(string arn)
    {
        var path = _uri.AbsolutePath;
        var folder = path.AsSpan(0, path.LastIndexOf('/') + 1);
        return new SqsQueueUrl(string.Concat(_uri.GetLeftPart(UriPartial.Authority), folder, arn.AsSpan(arn.LastIndexOf(':') + 1)));
    }

    private static string? NotDomain(string label) => label is "amazonaws" or "api" ? null : label;
}
