namespace Huitou.Customers.Public;

/// <summary>What a customer's data may be used for, each asked apart (A3, PIPL).</summary>
public enum ConsentPurpose { Service, FollowUp, Promotion }
