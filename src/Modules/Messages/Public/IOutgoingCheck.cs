namespace Huitou.Messages.Public;

/// <summary>A last look before a message goes out by an ordinary channel. Registered by higher modules; the first reason counts.</summary>
public interface IOutgoingCheck
{
    /// <summary>Text key of why it may not go out, or null.</summary>
    Task<string?> WhyNotAsync(Guid customerId, string subject, string body, CancellationToken cancel);
}
