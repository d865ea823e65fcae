using System.Globalization;
using System.Security.Claims;
using Huitou.Access.Keys;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using Xunit;

namespace Huitou.Rules.Access;

/// <summary>Who may do what, how far they see, and what they may give to others; before any row is asked for.</summary>
public sealed class GrantRules
{
    private static readonly Guid Company = Guid.NewGuid(), Staff = Guid.NewGuid(), Account = Guid.NewGuid(), Store = Guid.NewGuid(), Other = Guid.NewGuid();
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    private sealed class Room(string name, int level, params string[] permissions) : Module
    {
        public override string Name => name;
        public override int Level => level;
        public override IEnumerable<string> Permissions => permissions;
    }

    private static readonly ModuleList Modules = new([new Room("shop", 2, "shop.see", "shop.sell"), new Room("archive", 1, "archive.see", "archive.edit")]);

    private static CurrentUser Person(Reach reach, params string[] may)
    {
        var user = new CurrentUser();
        user.Become(Company, Staff, Account, "林晓梅", "store-manager", "店长", Store, "南京路店", reach, [Store], Zone, [.. may], "account:1");
        return user;
    }

    [Fact]
    public void Nobody_is_nobody_and_may_nothing()
    {
        var user = new CurrentUser();
        Assert.False(user.SignedIn);
        Assert.False(user.IsJob);
        Assert.False(user.SeesAll);
        Assert.False(user.Can("shop.see"));
        Assert.False(user.Can(""));
        Assert.Equal(Reach.Own, user.Reach);
        Assert.Equal(("", "", "", "", ""), (user.Name, user.RoleKey, user.RoleName, user.StoreName, user.Caller));
        Assert.Empty(user.StoreIds);
        Assert.Equal(TimeZoneInfo.Utc, user.Zone);
    }

    [Fact]
    public void A_person_is_all_of_what_they_were_said_to_be()
    {
        var user = Person(Reach.Store, "shop.see");
        Assert.True(user.SignedIn);
        Assert.Equal((Company, Staff, (Guid?)Account, "林晓梅", "store-manager", "店长"), (user.CompanyId, user.StaffId, user.AccountId, user.Name, user.RoleKey, user.RoleName));
        Assert.Equal(((Guid?)Store, "南京路店", Reach.Store, Zone, "account:1"), (user.StoreId, user.StoreName, user.Reach, user.Zone, user.Caller));
        Assert.Equal([Store], user.StoreIds);
        Assert.True(user.Can("shop.see"));
        Assert.False(user.Can("shop.sell"));
        Assert.False(user.Can("shop.see2"));
        Assert.False(user.Can("SHOP.SEE"));
    }

    [Theory]
    [InlineData(Reach.Own, false)]
    [InlineData(Reach.Store, false)]
    [InlineData(Reach.Region, false)]
    [InlineData(Reach.Company, true)]
    public void Only_the_widest_reach_sees_all(Reach reach, bool all) => Assert.Equal(all, Person(reach).SeesAll);

    [Fact]
    public void The_companys_own_work_sees_all_of_its_company_and_becoming_a_person_ends_it()
    {
        var user = new CurrentUser();
        user.BecomeJob(Company, Zone, "job:night");
        Assert.True(user.SignedIn && user.IsJob && user.SeesAll && user.Can("anything.at-all"));
        Assert.Equal((Company, Zone, "job:night", Reach.Company, Guid.Empty), (user.CompanyId, user.Zone, user.Caller, user.Reach, user.StaffId));
        user.Become(Other, Staff, null, "陈丽", "representative", "满意代表", null, "", Reach.Own, [], Zone, ["shop.see"], "account:2");
        Assert.False(user.IsJob);
        Assert.False(user.SeesAll);
        Assert.False(user.Can("anything.at-all"));
        Assert.Equal(Other, user.CompanyId);
    }

    [Fact]
    public void Work_beside_the_request_is_done_by_the_same_person_with_the_same_rights()
    {
        var like = new CurrentUser();
        like.BecomeLike(Person(Reach.Region, "shop.see"));
        Assert.Equal((Company, Staff, (Guid?)Account, Reach.Region, false), (like.CompanyId, like.StaffId, like.AccountId, like.Reach, like.IsJob));
        Assert.True(like.Can("shop.see"));
        Assert.False(like.Can("shop.sell"));
        var job = new CurrentUser();
        job.BecomeJob(Company, Zone, "job:night");
        like.BecomeLike(job);
        Assert.True(like.IsJob && like.Can("shop.sell"));
    }

    [Theory]
    [InlineData(true, "shop.see", true)]
    [InlineData(true, "shop.sell", false)]
    [InlineData(false, "shop.see", false)]
    public async Task A_door_opens_for_a_signed_in_person_who_may(bool signedIn, string needs, bool opens)
    {
        var requirement = new PermissionRequirement(needs);
        var context = new AuthorizationHandlerContext([requirement], new ClaimsPrincipal(), null);
        await new PermissionCheck(signedIn ? Person(Reach.Store, "shop.see") : new CurrentUser()).HandleAsync(context);
        Assert.Equal(opens, context.HasSucceeded);
    }

    /// <summary>A person with rights whose company is gone: who is not signed in may nothing, whatever is remembered of their rights.</summary>
    [Fact]
    public async Task Rights_without_a_company_open_nothing()
    {
        var user = new CurrentUser();
        user.Become(Guid.Empty, Staff, Account, "", "", "", null, "", Reach.Company, [], Zone, ["shop.see"], "");
        var context = new AuthorizationHandlerContext([new PermissionRequirement("shop.see")], new ClaimsPrincipal(), null);
        await new PermissionCheck(user).HandleAsync(context);
        Assert.False(context.HasSucceeded);
    }

    [Fact]
    public async Task A_policy_is_the_permission_of_its_name_for_people_who_are_signed_in()
    {
        var policy = await new PermissionPolicies(Options.Create(new AuthorizationOptions())).GetPolicyAsync("shop.see");
        Assert.NotNull(policy);
        Assert.Equal("shop.see", Assert.Single(policy.Requirements.OfType<PermissionRequirement>()).Permission);
        Assert.Single(policy.Requirements.OfType<Microsoft.AspNetCore.Authorization.Infrastructure.DenyAnonymousAuthorizationRequirement>());
        Assert.Equal(("shop.see", "shop.see"), (new NeedsAttribute("shop.see").Permission, new NeedsAttribute("shop.see").Policy));
        Assert.Equal("a survey's link", new OpenToAllAttribute("a survey's link").Why);
    }

    private sealed class Doors : IEndpointConventionBuilder
    {
        public List<object> Metadata { get; } = [];

        public void Add(Action<EndpointBuilder> convention)
        {
            var builder = new Door();
            convention(builder);
            Metadata.AddRange(builder.Metadata);
        }

        private sealed class Door : EndpointBuilder
        {
            public override Microsoft.AspNetCore.Http.Endpoint Build() => throw new NotSupportedException();
        }
    }

    [Fact]
    public void Endpoints_carry_what_they_need()
    {
        var needs = new Doors().Needs("shop.see");
        Assert.Equal("shop.see", Assert.Single(needs.Metadata.OfType<NeedsAttribute>()).Permission);
        Assert.Empty(needs.Metadata.OfType<IAllowAnonymous>());
        var open = new Doors().OpenToAll("sign-in");
        Assert.Equal("sign-in", Assert.Single(open.Metadata.OfType<OpenToAllAttribute>()).Why);
        Assert.Empty(open.Metadata.OfType<IAuthorizeData>());
        Assert.Single(new Doors().NamedAtCommit().Metadata.OfType<NamedAtCommitAttribute>());
    }

    [Theory]
    [InlineData(Reach.Store, Reach.Store, "shop.see", true)]
    [InlineData(Reach.Store, Reach.Own, "shop.see", true)]
    [InlineData(Reach.Store, Reach.Region, "shop.see", false)] // a wider view than one's own
    [InlineData(Reach.Company, Reach.Store, "shop.see shop.sell", false)] // one of two is not one's own
    [InlineData(Reach.Company, Reach.Company, "", true)]
    [InlineData(Reach.Company, Reach.Company, "gone.module", true)] // of a module that is not installed: gives nothing
    [InlineData(Reach.Company, Reach.Company, "*", false)] // everything is more than some
    public void Nobody_gives_more_than_they_have(Reach mine, Reach reach, string permissions, bool may) =>
        Assert.Equal(may, Person(mine, "shop.see").MayGive(reach, permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries), Modules));

    [Fact]
    public void Everything_is_given_by_who_has_everything()
    {
        Assert.True(Person(Reach.Company, "shop.see", "shop.sell", "archive.see", "archive.edit").MayGive(Reach.Company, ["*"], Modules));
        Assert.False(Person(Reach.Company, "shop.see", "shop.sell", "archive.see").MayGive(Reach.Company, ["*"], Modules));
        Assert.False(Person(Reach.Company, "*").MayGive(Reach.Company, ["*"], Modules)); // rows are expanded before
    }

    [Fact]
    public void A_roles_rows_come_to_permissions()
    {
        Assert.Equal(["archive.edit", "archive.see", "shop.see", "shop.sell"], Roles.Expand(["*"], Modules).Order());
        Assert.Equal(["archive.edit", "archive.see", "gone.module", "shop.see", "shop.sell"], Roles.Expand(["*", "gone.module"], Modules).Order());
        Assert.Equal(["shop.see"], Roles.Expand(["shop.see", "shop.see"], Modules));
        Assert.Empty(Roles.Expand([], Modules));
    }

    [Fact]
    public void Ready_roles_see_no_further_than_their_post()
    {
        Assert.True(Roles.All.Count > 5);
        Assert.Equal(Reach.Company, Roles.All["administrator"].Reach);
        Assert.Equal(Reach.Store, Roles.All["store-manager"].Reach);
        Assert.Equal(Reach.Own, Roles.All["representative"].Reach);
        Assert.Contains(Roles.Everything, Roles.All["administrator"].May);
        Assert.Equal(["administrator", "general-manager"], Roles.All.Where(r => r.Value.May.Contains(Roles.Everything)).Select(r => r.Key).Order(StringComparer.Ordinal));
        Assert.Matches("^[0-9a-f]{64}$", Roles.Fingerprint);
    }

    [Fact]
    public void A_name_in_another_language_renames_no_role()
    {
        var names = Roles.All["representative"].Names["*"];
        Assert.Equal(names[0], Roles.Kept("representative", names[0], names[2]));
        Assert.Equal("金牌代表", Roles.Kept("representative", names[0], "金牌代表"));
        Assert.Equal("金牌代表", Roles.Called("representative", "金牌代表"));
        Assert.Equal("x", Roles.Called("own-1", "x"));
        Assert.Equal("y", Roles.Kept("own-1", "x", "y"));
        Assert.Contains(Roles.Called("representative", names[0]), names);
        // Back from a name of one's own.
        Assert.Equal(names[0], Roles.Kept("representative", "金牌代表", names[1]));
    }

    /// <summary>Two trades call a role differently in Chinese and alike in English: who saves the English form renames nobody's role.</summary>
    [Theory]
    [InlineData("客服经理")]
    [InlineData("客户服务经理")]
    public void A_word_that_two_trades_share_keeps_the_name_that_stood_before(string before) =>
        Assert.Equal(before, Roles.Kept("customer-service-manager", before, "Customer-service manager"));

    [Theory]
    [InlineData("zh-CN", "客户服务经理")]
    [InlineData("zh-TW", "客戶服務經理")]
    [InlineData("en", "Customer-service manager")]
    public void A_ready_role_is_called_in_the_readers_language_as_its_trade_calls_it(string language, string called)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            Assert.Equal(called, Roles.Called("customer-service-manager", "客户服务经理"));
            // Not the key of a ready role, and no name of this one: as the company wrote it.
            Assert.Equal("客户服务经理", Roles.Called("own-1", "客户服务经理"));
            Assert.Equal("客戶服務經理", Roles.Called("customer-service-manager", "客戶服務經理"));
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Fact]
    public void A_key_is_shown_once_and_known_by_its_hash()
    {
        var secrets = Enumerable.Range(0, 200).Select(_ => ApiKey.NewSecret()).ToList();
        Assert.Equal(200, secrets.Distinct().Count());
        Assert.All(secrets, s => Assert.Matches("^ht_[A-Za-z0-9_-]{43}$", s));
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ApiKey.HashOf("abc"));
        var key = new ApiKey { Name = "x", Hash = "", Starts = "", Permissions = "shop.see  shop.sell " };
        Assert.Equal(["shop.see", "shop.sell"], key.PermissionList);
        Assert.NotEqual(Guid.Empty, key.Id);
    }
}
