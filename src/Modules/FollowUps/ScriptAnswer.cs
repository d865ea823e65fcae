using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.FollowUps;

/// <summary>What a customer answered to one sentence of the script, ticked while they spoke; stays as it was asked, whatever the script says later.</summary>
public sealed class ScriptAnswer : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ResultId { get; init; }
    public required string ScriptKey { get; init; }
    public int Edition { get; init; }
    /// <summary>The line of the script, from 0.</summary>
    public int Place { get; init; }
    /// <summary>The sentence as the script has it, without the call's names.</summary>
    public required string Question { get; init; }
    public required string Answer { get; init; }
}

/// <summary>A ticked answer as page and API bring it.</summary>
/// <param name="Place">The line of the script, from 0.</param>
/// <param name="Words">One of the words that the line offers.</param>
public sealed record Ticked(int Place, string Words);

internal sealed class ScriptAnswerMap : IEntityTypeConfiguration<ScriptAnswer>
{
    public void Configure(EntityTypeBuilder<ScriptAnswer> answer) => answer.ToTable("followups_answer");
}
