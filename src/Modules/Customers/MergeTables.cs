using Huitou.Kernel;

namespace Huitou.Customers;

/// <summary>This module's tables whose rows hang on a customer. Other modules register theirs (<see cref="CustomerTable"/>).</summary>
internal static class MergeTables
{
    public static readonly CustomerTable[] Own =
    [
        new("customers_timeline"),
        new("customers_device"),
        new("customers_store_visit"),
        new("customers_person"),
        new("customers_person", "other_id"),
        new("customers_consent"),
        new("customers_tag") { Unique = ["name"] },
        new("customers_ownership"),
        new("customers_answer"),
        new("customers_sensitive_consent"),
        new("customers_form"),
        new("customers_contact"),
        new("customers_news"),
        new("customers_date"),
        new("customers_team"),
        new("customers_charge"),
        new("customers_credit"),
        new("customers_paper"),
        new("customers_reveal") { Stays = "who was shown one number was not shown the other" },
        new("customers_handover_row") { Stays = "undoing a handover gives each file back as it was" },
        new("customers_pair", "a_id") { Stays = "the pair is about these two files" },
        new("customers_pair", "b_id") { Stays = "the pair is about these two files" },
        new("customers_merge", "kept_id") { Stays = "the merging itself" },
        new("customers_merge", "gone_id") { Stays = "the merging itself" },
        new("customers_customer", "merged_into") { Stays = "each file says into which one it went itself: undoing goes back step by step" },
        new("customers_merge_row", "home_id") { Stays = "the merging itself" },
    ];
}
