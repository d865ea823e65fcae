namespace Huitou.Complaints.Public;

/// <summary>What is said (F3). More kinds by trade come as data.</summary>
public enum ComplaintKind { Complaint, Suggestion, Question, Praise }

/// <summary>Whose fault; ours until shown otherwise.</summary>
public enum ComplaintCause { Service, Product, Customer }

public enum ComplaintGrade { General, Major }

/// <summary>Open: somebody works on it. Settled: the customer was told, and has not answered yet. Ended: confirmed. Merged: goes on in another case.</summary>
public enum ComplaintState { Open, Settled, Ended, Merged }

/// <summary>Open until kept, broken or withdrawn.</summary>
public enum PromiseState { Open, Kept, Broken, Withdrawn }
