using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Hostile;

/// <summary>What an operation needs besides what its description says: which rows of the demo company its address names, and what of its body hangs together with them.</summary>
public sealed partial class EveryOperationTests
{
    /// <summary>What an address names, as far as its last hole: the holes as the rows of this fill them, parted by a stroke.</summary>
    private static readonly Dictionary<string, string> Named = new()
    {
        ["/api/v1/approvals/{id}"] = "cast(id as text) from approvals_request",
        ["/api/v1/authority/{id}"] = "cast(id as text) from approvals_rule",
        ["/api/v1/calendars/{storeId}"] = "cast(id as text) from access_store",
        ["/api/v1/care/customers/{customerId}"] = "cast(id as text) from customers_customer",
        ["/api/v1/customers/{customerId}"] = "cast(c.id as text) from customers_customer c join staff_member m on m.store_id = c.store_id join access_account a on a.id = m.account_id where a.user_name = 'linxiaomei'",
        ["/api/v1/customers/{id}"] = "cast(id as text) from customers_customer",
        ["/api/v1/customers/{id}/devices/{deviceId}"] = "cast(customer_id as text) || '/' || cast(id as text) from customers_device",
        ["/api/v1/customers/allocation/capacity/{staff}"] = "cast(id as text) from staff_member",
        ["/api/v1/profile-templates/{id}/items/{itemId}"] = "cast(template_id as text) || '/' || cast(id as text) from customers_item",
        ["/api/v1/complaints/extensions/{number}"] = "'801' from kernel_company",
        ["/api/v1/complaints/rules/clocks/{grade}"] = "'Major' from kernel_company",
        ["/api/v1/custody/files/{id}"] = "cast(id as text) from custody_secret",
        ["/api/v1/custody-terms/{key}"] = "'handover' from kernel_company",
        ["/api/v1/penalties/scale/{key}"] = "key from custody_penalty_scale",
        ["/api/v1/surveys/programmes/{id}"] = "cast(id as text) from surveys_programme",
        ["/api/v1/keys/{id}"] = "cast(id as text) from access_api_key",
        ["/api/v1/care/news/{id}"] = "cast(id as text) from care_news",
        ["/api/v1/care/acts/{id}"] = "cast(id as text) from care_act",
        ["/api/v1/care/events/{id}"] = "cast(id as text) from care_event",
        ["/api/v1/care/news/{id}/notes/{customerId}"] = "cast(n.id as text) || '/' || cast(i.customer_id as text) from care_news n join care_interest i on i.topic_id = n.topic_id",
        ["/api/v1/care/offer-rules/{id}"] = "cast(id as text) from care_offer_rule",
        ["/api/v1/care/plans/{id}"] = "cast(id as text) from care_plan",
        ["/api/v1/complaints/guides/moods/{mood}"] = "key from complaints_rule where kind = 'mood'",
        ["/api/v1/complaints/guides/{guide}"] = "key from complaints_rule where kind = 'guide' and key like 'own-%'",
        ["/api/v1/complaints/guides/{guide}/steps/{step}"] = "replace(key, ':', '/') from complaints_rule where kind = 'step' and key like 'own-%'",
        ["/api/v1/complaints/letters/{language}"] = "'zh-CN' from kernel_company",
        ["/api/v1/complaints/macros/{id}"] = "cast(id as text) from complaints_macro",
        ["/api/v1/complaints/rules/{kind}/{key}"] = "kind || '/' || key from complaints_rule where kind in ('pause', 'category')",
        ["/api/v1/complaints/{id}"] = "cast(id as text) from complaints_complaint",
        ["/api/v1/complaints/{id}/help/{call}"] = "cast(complaint_id as text) || '/' || cast(id as text) from complaints_help where answered_at is null",
        ["/api/v1/complaints/{id}/macros/{macro}"] = "cast(c.id as text) || '/' || cast(m.id as text) from complaints_complaint c cross join complaints_macro m where c.state not in ('Closed')",
        ["/api/v1/cycles/{id}"] = "cast(id as text) from followups_cycle",
        ["/api/v1/cycles/{id}/checks/{check}"] = "cast(cycle_id as text) || '/' || cast(id as text) from followups_check",
        ["/api/v1/cycles/{id}/improvements/{improvement}"] = "cast(cycle_id as text) || '/' || cast(id as text) from followups_improvement",
        ["/api/v1/followup-rules/{key}"] = "key from followups_rule",
        ["/api/v1/followups/{id}"] = "cast(id as text) from followups_task where state = 'Open'",
        ["/api/v1/retention-classes/{key}"] = "key from custody_retention_class",
        ["/api/v1/improvements/{id}"] = "cast(id as text) from complaints_improvement",
        ["/api/v1/meetings/{id}"] = "cast(id as text) from followups_meeting",
        ["/api/v1/messages/channels/{channel}"] = "'aliyun' from kernel_company",
        ["/api/v1/messages/spending/{channel}"] = "'sms' from kernel_company",
        ["/api/v1/messages/replies/{id}"] = "cast(id as text) from messages_reply",
        ["/api/v1/messages/templates/{key}"] = "key from messages_template",
        ["/api/v1/mystery-appeals/{id}"] = "cast(id as text) from mystery_appeal",
        ["/api/v1/mystery-scenarios/{id}"] = "cast(id as text) from mystery_scenario",
        ["/api/v1/mystery-sheets/sections/{id}"] = "cast(id as text) from mystery_section",
        ["/api/v1/mystery-sheets/{id}"] = "cast(id as text) from mystery_sheet_version where published_at is null",
        ["/api/v1/mystery-visits/{id}"] = "cast(id as text) from mystery_visit",
        ["/api/v1/promises/{id}"] = "cast(id as text) from complaints_promise",
        ["/api/v1/roles/{id}"] = "cast(id as text) from access_role",
        ["/api/v1/staff/{id}"] = "distinct cast(owner_id as text) from customers_customer where owner_id is not null",
        ["/api/v1/stores/{id}"] = "cast(id as text) from access_store",
        ["/api/v1/surveys/{id}"] = "cast(id as text) from surveys_survey",
        ["/api/v1/visits/{id}"] = "cast(id as text) from followups_visit",
    };

    /// <summary>What an id of a body names, by its name; a person of the staff where it stands not here.</summary>
    private static readonly Dictionary<string, string> Ids = new()
    {
        ["customerId"] = "customers_customer", ["customerIds"] = "customers_customer", ["storeId"] = "access_store", ["ruleId"] = "care_offer_rule", ["other"] = "customers_customer", ["roleId"] = "access_role", ["regionId"] = "access_region", ["topicId"] = "care_topic", ["sheetId"] = "mystery_sheet", ["scenarioId"] = "mystery_scenario", ["programmeId"] = "mystery_programme",
    };

    /// <summary>Rows of the demo company put before the walk where an operation takes them: no act of one day leads there.</summary>
    private static readonly string[] Stands =
    [
        "update care_act set way = 'Gift', state = 'Allowed' where id = (select id from care_act where state = 'Planned' order by id desc limit 1)",
        "update mystery_appeal set state = 'Open', decided_at = null, decided_by = null",
        "update mystery_visit set state = 'Reported' where id = (select id from mystery_visit where state = 'Released' and id not in (select visit_id from mystery_appeal) order by id desc limit 1)",
        "update complaints_improvement set state = 'Done', done_by = null, check_on = '2026-11-01' where id = (select id from complaints_improvement order by id desc limit 1)",
    ];

    /// <summary>Done once before the walk, for rows that the demo company has not.</summary>
    private static readonly (string Account, string Method, string Address, string Body)[] Before =
    [
        ("admin", "POST", "/api/v1/complaints/guides", """{"name": "甲", "from": "s1"}"""),
        ("admin", "POST", "/api/v1/keys", """{"name": "甲", "expiresOn": "2027-01-30", "may": ["customers.view"], "storeId": ""}"""),
        ("admin", "PUT", "/api/v1/messages/channels/wechat", """{"url": "https://wechat.example.com", "account": "a", "secret": "b", "sender": "", "code": "d", "version": 0}"""),
        ("admin", "POST", "/api/v1/mystery-sheets/{{mystery_sheet}}/next", "null"),
        ("linxiaomei", "POST", "/api/v1/improvements", """{"kind": "Improvement", "what": "甲", "dueOn": "2026-12-20", "ownerId": "{{chenli}}"}"""),
        ("linxiaomei", "POST", "/api/v1/complaints/{{case}}/help", """{"to": "{{hejianping}}", "what": "甲"}"""),
        ("linxiaomei", "POST", "/api/v1/cycles/{{cycle}}/sample", "null"),
        ("linxiaomei", "POST", "/api/v1/cycles/{{cycle}}/improvements", """{"what": "甲", "ownerId": "{{chenli}}", "dueOn": "2026-12-05"}"""),
        ("linxiaomei", "POST", "/api/v1/visits/{{visit}}/result", """{"score": 4, "words": "甲", "openPoint": "乙"}"""),
    ];

    private const string Shop = "join staff_member m on m.store_id = t.store_id join access_account a on a.id = m.account_id where a.user_name = 'linxiaomei'";

    /// <summary>What stands between two braces, as a row of the demo company; where it stands not here it is a table, and the newest of it is meant.</summary>
    private static readonly Dictionary<string, string> Rowed = new()
    {
        ["chenli"] = "cast(m.id as text) from staff_member m join access_account a on a.id = m.account_id where a.user_name = 'chenli'",
        ["customer"] = "cast(c.id as text) from customers_customer c join staff_member m on m.id = c.owner_id join access_account a on a.id = m.account_id where a.user_name = 'chenli'",
        ["hejianping"] = "cast(m.id as text) from staff_member m join access_account a on a.id = m.account_id where a.user_name = 'hejianping'",
        ["store"] = "cast(m.store_id as text) from staff_member m join access_account a on a.id = m.account_id where a.user_name = 'linxiaomei'",
        ["clerk"] = "cast(id as text) from access_role where key = 'clerk'",
        ["point"] = "cast(p.id as text) from mystery_point p join mystery_mark m on m.point_id = p.id",
        ["topic"] = "topic from mystery_section",
        ["script"] = "key from followups_script",
        ["case"] = $"cast(t.id as text) from complaints_complaint t {Shop} and t.state = 'Open'",
        ["cycle"] = $"cast(t.id as text) from followups_cycle t {Shop}",
        ["visit"] = $"cast(t.id as text) from followups_visit t {Shop}",
    };

    /// <summary>What a body needs that nothing in the description says.</summary>
    private static readonly Dictionary<string, string> Needs = new()
    {
        ["POST /api/v1/surveys/{id}/try"] = """{"values": {"q2": ["4"], "q3": ["4"], "q4": ["4"], "q5": ["4"], "q6": ["4"], "q7": ["4"], "q8": ["4"], "q9": ["4"], "q10": ["4"], "q11": ["4"], "q12": ["4"], "q13": ["4"], "q14": ["4"]}}""",
        ["POST /api/v1/surveys/{id}/answers"] = """{"channel": "phone", "customerId": "{{customer}}", "storeId": "{{store}}", "values": {"q2": ["4"], "q3": ["4"], "q4": ["4"], "q5": ["4"], "q6": ["4"], "q7": ["4"], "q8": ["4"], "q9": ["4"], "q10": ["4"], "q11": ["4"], "q12": ["4"], "q13": ["4"], "q14": ["4"]}}""",
        ["POST /api/v1/stores"] = """{"number": "S9", "region": ""}""",
        ["POST /api/v1/roles"] = """{"reach": "Store", "may": ["customers.view"]}""",
        ["PATCH /api/v1/keys/{id}"] = """{"revoked": true}""",
        ["PATCH /api/v1/roles/{id}"] = """{"reach": "Store", "may": ["customers.view"]}""",
        ["POST /api/v1/keys"] = """{"expiresOn": "2027-01-30", "may": ["customers.view"], "storeId": ""}""",
        ["POST /api/v1/authority"] = """{"act": "care.gift", "upTo": "300", "steps": "store-manager", "substitute": "general-manager", "hours": "4"}""",
        ["PUT /api/v1/authority/{id}"] = """{"act": "care.gift", "upTo": "300", "steps": "store-manager", "substitute": "general-manager", "hours": "4"}""",
        ["PUT /api/v1/calendars/company"] = """{"week": ["09:00-21:00", "09:00-21:00", "09:00-21:00", "09:00-21:00", "09:00-21:00", "09:00-21:00", "09:00-21:00"], "days": [{"day": "2026-12-25", "isOpen": false, "note": "甲"}]}""",
        ["PUT /api/v1/calendars/{storeId}"] = """{"week": ["09:00-21:00", "09:00-21:00", "09:00-21:00", "09:00-21:00", "09:00-21:00", "09:00-21:00", "09:00-21:00"], "days": [{"day": "2026-12-25", "isOpen": false, "note": "甲"}]}""",
        ["POST /api/v1/messages/templates"] = """{"purpose": "Care", "channel": "sms", "words": [{"subject": "", "body": "甲"}, {"subject": "", "body": "甲"}, {"subject": "", "body": "甲"}]}""",
        ["PUT /api/v1/messages/templates/{key}"] = """{"purpose": "Care", "channel": "sms", "words": [{"subject": "", "body": "甲"}, {"subject": "", "body": "甲"}, {"subject": "", "body": "甲"}]}""",
        ["PUT /api/v1/messages/gateway"] = """{"url": "https://sms.example.com/send", "header": "X-Key", "secret": "a", "body": "to={to}&text={text}"}""",
        ["PUT /api/v1/messages/channels/{channel}"] = """{"url": "https://sms.example.com/send", "account": "a", "secret": "b", "sender": "c", "code": "d"}""",
        ["PUT /api/v1/messages/spending/{channel}"] = """{"mostHour": 1, "mostDay": 10, "cost": 1, "roles": ["administrator"]}""",
        ["PUT /api/v1/messages/handles"] = """{"channel": "wechat"}""",
        ["POST /api/v1/messages/addresses"] = """{"kind": "wechat"}""",
        ["POST /api/v1/staff"] = """{"number": "X9", "phone": "13900139009", "roleId": "{{clerk}}", "storeId": "{{store}}", "regionId": "", "reportsTo": "", "joinedOn": "2026-11-01", "allowance": "", "account": "xinren", "password": "lai-le-xin-ren-2026"}""",
        ["PATCH /api/v1/staff/{id}"] = """{"phone": "13900139009", "roleId": "{{clerk}}", "storeId": "{{store}}", "regionId": "", "reportsTo": "", "joinedOn": "2026-11-01", "allowance": ""}""",
        ["POST /api/v1/staff/{id}/hand-over"] = """{"to": "{{chenli}}"}""",
        ["POST /api/v1/sales"] = """{"storeId": "{{store}}", "customerId": "{{customer}}", "currency": "CNY", "lines": [{"code": "", "name": "甲", "quantity": 1, "unitPrice": 790000, "imei": ""}]}""",
        ["POST /api/v1/complaints"] = """{"customerId": "{{customer}}", "channel": "phone", "category": "", "excluded": [], "sendReceipt": false}""",
        ["POST /api/v1/complaints/{id}/steps"] = """{"step": "Remedy"}""",
        ["POST /api/v1/complaints/{id}/reports"] = """{"role": "brand-division"}""",
        ["POST /api/v1/complaints/{id}/confirmation"] = """{"satisfied": true, "signature": ""}""",
        ["POST /api/v1/complaints/{id}/pause"] = """{"reason": "parts", "until": "2026-11-30T01:00:00Z"}""",
        ["POST /api/v1/complaints/{id}/major"] = """{"reason": "injury"}""",
        ["POST /api/v1/complaints/{id}/warning"] = """{"roles": ["legal"]}""",
        ["POST /api/v1/complaints/{id}/reports/onward"] = """{"roles": ["ceo"]}""",
        ["POST /api/v1/complaints/{id}/help"] = """{"to": "{{hejianping}}"}""",
        ["POST /api/v1/complaints/{id}/letters"] = """{"language": "zh-CN"}""",
        ["POST /api/v1/complaints/letters/{language}"] = """{"words": "甲{答复}", "seen": 0}""",
        ["POST /api/v1/promises/{id}/end"] = """{"as": "Withdrawn"}""",
        ["POST /api/v1/complaints/macros"] = """{"promise": "甲", "promiseHours": 4, "assignRole": ""}""",
        ["PUT /api/v1/complaints/macros/{id}"] = """{"promise": "甲", "promiseHours": 4, "assignRole": ""}""",
        ["POST /api/v1/complaints/rules"] = """{"kind": "major"}""",
        ["POST /api/v1/complaints/guides"] = """{"from": "s1"}""",
        ["PUT /api/v1/complaints/guides/moods/{mood}"] = """{"guide": "s1"}""",
        ["PUT /api/v1/complaints/mail-box"] = """{"host": "imap.example.com", "port": 993, "userName": "kesu", "password": "a", "folder": "INBOX", "address": "kesu@example.com"}""",
        ["POST /api/v1/improvements"] = """{"dueOn": "2026-12-20", "ownerId": "{{chenli}}"}""",
        ["POST /api/v1/improvements/{id}/move"] = """{"dueOn": "2026-12-20"}""",
        ["PUT /api/v1/surveys/{id}/draft"] = """{"title": {"cn": "甲", "tw": "乙", "en": "A"}, "intro": {"cn": "甲", "tw": "乙", "en": "A"}, "given": 0, "sections": [{"key": "s1", "title": {"cn": "甲", "tw": "乙", "en": "A"}, "questions": [{"key": "q1", "kind": "Csat", "text": {"cn": "甲", "tw": "乙", "en": "A"}, "hint": {"cn": "甲", "tw": "乙", "en": "A"}, "required": false, "picks": [{"key": "a", "text": {"cn": "甲", "tw": "乙", "en": "A"}}, {"key": "b", "text": {"cn": "甲", "tw": "乙", "en": "A"}}], "rows": [{"key": "c", "text": {"cn": "甲", "tw": "乙", "en": "A"}}], "low": {"cn": "甲", "tw": "乙", "en": "A"}, "high": {"cn": "甲", "tw": "乙", "en": "A"}, "factor": "", "means": "Overall"}]}]}""",
        ["POST /api/v1/surveys/{id}/programmes"] = """{"event": "Sale", "delayDays": 3, "share": 100, "quota": 10, "restDays": 30, "remindDays": 3, "expireDays": 14}""",
        ["POST /api/v1/surveys/{id}/rules"] = """{"question": "q2", "atMost": 2, "againDays": 7}""",
        ["POST /api/v1/surveys/{id}/targets"] = """{"figure": "nps", "aim": 50}""",
        ["POST /api/v1/surveys/{id}/heard"] = """{"topic": ""}""",
        ["POST /api/v1/mystery-visits/{id}/report"] = """{"arrivedAt": "2026-11-20T02:00:00Z", "leftAt": "2026-11-20T03:00:00Z", "marks": [{"pointId": "{{point}}", "value": 1, "skipped": false}], "handIn": false}""",
        ["POST /api/v1/mystery-programmes"] = """{"from": "2026-12-01", "to": "2026-12-20"}""",
        ["POST /api/v1/mystery-sheets/{id}/sections"] = """{"topic": "{{topic}}"}""",
        ["POST /api/v1/mystery-sheets/sections/{id}/points"] = """{"kind": "YesNo", "weight": 1}""",
        ["POST /api/v1/followups"] = """{"customerIds": ["{{customer 1}}"], "on": "2026-11-30"}""",
        ["POST /api/v1/followups/{id}/result"] = """{"outcome": "Reached", "score": 5, "answers": []}""",
        ["POST /api/v1/followup-rules"] = """{"cause": "Sale", "line": "Representative", "days": 5, "script": "{{script}}"}""",
        ["POST /api/v1/cycles/{id}/improvements"] = """{"ownerId": "{{chenli}}", "dueOn": "2026-12-05"}""",
        ["POST /api/v1/cycles/{id}/improvements/{improvement}/finish"] = """{"worked": true}""",
        ["POST /api/v1/cycles/{id}/checks/{check}"] = """{"trueToLife": true, "score": 4}""",
        ["POST /api/v1/care/promotions"] = """{"customerIds": ["{{customer 1}}", "{{customer 2}}", "{{customer 3}}", "{{customer 4}}", "{{customer 5}}", "{{customer 6}}"], "controlPercent": 10, "days": 30}""",
    };

    /// <summary>Letters that a field keeps for itself, and why: it may refuse what holds them.</summary>
    private static readonly (string Field, Func<string, bool> Holds, string Why)[] Kept =
    [
        ("POST /api/v1/staff account", _ => true, "an account's name has letters, digits and few signs"),
        ("PATCH /api/v1/staff/{id} account", _ => true, "an account's name has letters, digits and few signs"),
        ("POST /api/v1/sales lines.0.code", _ => true, "a product's code, in capitals"),
        ("POST /api/v1/complaints saidName", _ => true, "stands within a sentence of the case's notes"),
        ("POST /api/v1/complaints/{id}/reports/onward words", _ => true, "stands within a sentence of the case's notes"),
        ("POST /api/v1/messages/templates words.0.subject", sent => sent.Any(char.IsControl), "goes into the head of a mail, where a break begins another field"),
        ("PUT /api/v1/messages/templates/{key} words.0.subject", sent => sent.Any(char.IsControl), "goes into the head of a mail, where a break begins another field"),
        ("POST /api/v1/care/offer-rules bought", IsParted, "several, parted by commas"),
        ("POST /api/v1/care/offer-rules lacks", IsParted, "several, parted by commas"),
        ("PUT /api/v1/care/offer-rules/{id} bought", IsParted, "several, parted by commas"),
        ("PUT /api/v1/care/offer-rules/{id} lacks", IsParted, "several, parted by commas"),
        ("PUT /api/v1/care/", IsBraced, "braces are fields of the words"),
        ("POST /api/v1/care/", IsBraced, "braces are fields of the words"),
        ("POST /api/v1/messages/templates providerCode", sent => sent.Any(char.IsControl), "goes into the provider's address or head"),
        ("PUT /api/v1/messages/templates/{key} providerCode", sent => sent.Any(char.IsControl), "goes into the provider's address or head"),
        ("POST /api/v1/messages", IsBraced, "braces are fields of the words"),
        ("PUT /api/v1/messages/templates/", IsBraced, "braces are fields of the words"),
        ("POST /api/v1/complaints/macros", IsBraced, "braces are fields of the words"),
        ("PUT /api/v1/complaints/macros/", IsBraced, "braces are fields of the words"),
        ("POST /api/v1/complaints/letters/", IsBraced, "braces are fields of the words"),
        ("PUT /api/v1/surveys/", IsBraced, "braces are fields of the words"),
        ("PUT /api/v1/complaints/mail-box host", _ => true, "a server's name"),
        ("PUT /api/v1/complaints/mail-box ", sent => sent.Any(char.IsControl), "goes into a line of the protocol, where a break begins another command"),
        ("PUT /api/v1/messages/channels/", sent => sent.Any(char.IsControl), "goes into the provider's address or head"),
        ("PUT /api/v1/messages/gateway ", _ => true, "an address, a head and a form to be filled in for the provider"),
    ];

    /// <summary>Operations that are not come to, and why.</summary>
    private static readonly Dictionary<string, string> Closed = new()
    {
        ["POST /api/v1/destructions/{id}/carrying-out"] = "the demo company destroys nothing",
    };

    /// <summary>Not free words, and refused without naming the field; why.</summary>
    private static readonly Dictionary<string, string> Forms = new()
    {
        ["POST /api/v1/roles may.0"] = "a permission; the list of them is marked",
        ["PATCH /api/v1/roles/{id} may.0"] = "a permission; the list of them is marked",
        ["POST /api/v1/keys may.0"] = "a permission; the list of them is marked",
        ["PUT /api/v1/messages/spending/{channel} roles.0"] = "a role's key; the list of them is marked",
        ["POST /api/v1/messages/addresses kind"] = "a channel; there is none of this name",
        ["POST /api/v1/complaints/{id}/reports role"] = "a role's key; there is no report of this one",
        ["POST /api/v1/complaints/{id}/warning roles.0"] = "a role's key; the list of them is marked",
        ["POST /api/v1/complaints/{id}/reports/onward roles.0"] = "a role's key; the list of them is marked",
        ["POST /api/v1/complaints/rules kind"] = "a sort of rule",
        ["PUT /api/v1/surveys/{id}/draft sections.0.if.question"] = "a question's key",
        ["PUT /api/v1/surveys/{id}/draft sections.0.if.value"] = "counts with the question it looks at",
        ["PUT /api/v1/surveys/{id}/draft sections.0.questions.0.if.question"] = "a question's key",
        ["PUT /api/v1/surveys/{id}/draft sections.0.questions.0.if.value"] = "counts with the question it looks at",
        ["POST /api/v1/surveys/{id}/heard topic"] = "a topic's key; there is none of this name",
        ["POST /api/v1/followups/{id}/result answers.0.words"] = "an answer that the script offers",
    };

    /// <summary>Words that are taken and stand nowhere, and why.</summary>
    private static readonly Dictionary<string, string> Nowhere = new()
    {
        ["PUT /api/v1/messages/gateway secret"] = "kept as a cipher",
        ["PUT /api/v1/messages/channels/{channel} secret"] = "kept as a cipher",
        ["PUT /api/v1/complaints/mail-box password"] = "kept as a cipher",
        ["POST /api/v1/complaints saidPhone"] = "compared with the file; of it only the last figures are written down",
        ["POST /api/v1/complaints/rules role"] = "counts for a rule of reports",
        ["PUT /api/v1/complaints/rules/{kind}/{key} words"] = "a rule that ships ready keeps its words",
        ["POST /api/v1/followups/{id}/result script"] = "a script's key; the rule's own where there is none of this name",
    };


    [GeneratedRegex(@"{{(\w+)(?: (\d+))?}}")]
    private static partial Regex Hole();

    private static bool IsParted(string sent) => sent.Any(c => c is ',' or ';' or '，' or '、' or '；');

    private static bool IsBraced(string sent) => sent.Any(c => c is '{' or '}');

    private sealed class Rows(TestHost host, Company company)
    {
        private readonly Dictionary<string, List<string>> read = [];

        /// <summary>The addresses of an operation, newest rows first; none where nobody said what its holes are.</summary>
        public async Task<List<string>> AddressesAsync(string path)
        {
            if (!path.Contains('{', StringComparison.Ordinal)) return [path];
            var until = path.LastIndexOf('}') + 1;
            if (!Named.TryGetValue(path[..until], out var sql)) return [];
            return [.. (await ReadAsync(sql)).Select(row => Filled(path, row.Split('/')))];
        }

        private static string Filled(string path, string[] values)
        {
            foreach (var value in values)
            {
                var (from, to) = (path.IndexOf('{', StringComparison.Ordinal), path.IndexOf('}', StringComparison.Ordinal));
                path = path[..from] + Uri.EscapeDataString(value) + path[(to + 1)..];
            }

            return path;
        }

        private async Task<List<string>> ReadAsync(string sql)
        {
            if (read.TryGetValue(sql, out var there)) return there;
            var query = $"select {(sql.StartsWith("distinct ", StringComparison.Ordinal) ? "distinct " + sql[9..].Replace(" from ", " as \"Value\" from ", StringComparison.Ordinal) : sql.Replace(" from ", " as \"Value\" from ", StringComparison.Ordinal))}";
            var found = await host.InAsync(company, (_, db) => db.Database.SqlQueryRaw<string>(query).ToListAsync());
            return read[sql] = [.. found.OrderDescending(StringComparer.Ordinal).Take(MostRows)];
        }

        /// <summary>A body with plain words in every field that must be there, and the least of everything else.</summary>
        public async Task<JsonObject> BodyAsync(Operation operation)
        {
            var body = (JsonObject)(await ValueAsync(operation.Schema, "", 0))!;
            if (!Needs.TryGetValue(operation.Key, out var needed)) return body;
            foreach (var (name, value) in (JsonObject)JsonNode.Parse(await MeantAsync(needed))!) body[name] = value?.DeepClone();
            return body;
        }

        /// <summary>Fills what a reply marks in another way. False: nothing of it is of the body.</summary>
        public async Task<bool> GuessAsync(Operation operation, JsonObject body, Reply reply, int attempt)
        {
            var changed = false;
            if (reply.Status == HttpStatusCode.Conflict && body["version"] is not null)
            {
                body["version"] = body["version"]!.GetValueKind() == JsonValueKind.String ? $"{attempt}" : attempt;
                changed = true;
            }

            foreach (var name in reply.Marked())
            {
                var path = name.Split('.');
                if (BodySchemas.At(operation.Schema, path) is not { } schema || Needs.GetValueOrDefault(operation.Key)?.Contains($"\"{path[0]}\"", StringComparison.Ordinal) == true) continue;
                Put(body, path, await ValueAsync(schema, path[^1] == "0" && path.Length > 1 ? path[^2] : path[^1], attempt + 1));
                changed = true;
            }

            return changed;
        }

        private async Task<JsonNode?> ValueAsync(JsonElement schema, string name, int attempt)
        {
            if (schema.TryGetProperty("enum", out var choices)) return attempt == 0 && BodySchemas.MayBeNothing(schema) ? null : JsonNode.Parse(choices.EnumerateArray().Where(c => c.ValueKind != JsonValueKind.Null).ElementAt(attempt % choices.EnumerateArray().Count(c => c.ValueKind != JsonValueKind.Null)).GetRawText());
            if (BodySchemas.Is(schema, "boolean")) return attempt == 0 && BodySchemas.MayBeNothing(schema) ? null : attempt % 2 == 1;
            if (BodySchemas.Is(schema, "integer") || BodySchemas.Is(schema, "number")) return attempt == 0 && BodySchemas.MayBeNothing(schema) ? null : name == "version" ? attempt : new[] { 1, 3, 5, 0, 10, 50, 100, 20_000 }[attempt % 8];
            if (BodySchemas.Is(schema, "string")) return await TextAsync(schema, name, attempt);
            if (BodySchemas.Is(schema, "array")) return attempt == 0 && schema.GetProperty("items").TryGetProperty("properties", out _) is false ? [] : new JsonArray(await ValueAsync(schema.GetProperty("items"), name, attempt));
            var made = new JsonObject();
            if (!schema.TryGetProperty("properties", out var properties)) return made;
            foreach (var property in properties.EnumerateObject())
            {
                if (await ValueAsync(property.Value, property.Name, attempt) is { } value) made[property.Name] = value;
            }

            return made;
        }

        private async Task<JsonNode?> TextAsync(JsonElement schema, string name, int attempt)
        {
            if (name == "version") return $"{attempt}";
            var format = schema.TryGetProperty("format", out var given) ? given.GetString() : null;
            if (attempt == 0 && format is not null && BodySchemas.MayBeNothing(schema)) return null;
            var now = host.Clock.Now();
            return format switch
            {
                "date" => new[] { 7, 0, 30, -1, 200 }.Select(days => now.AddDays(days)).ElementAt(attempt % 5).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                "date-time" => new[] { 24, 1, 72, -1, 400 }.Select(hours => now.AddHours(hours)).ElementAt(attempt % 5).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                "uuid" => (await ReadAsync($"cast(id as text) from {Ids.GetValueOrDefault(name, "staff_member")}")) is { Count: > 0 } rows ? rows[attempt % rows.Count] : null,
                not null => null,
                _ => new[] { Plain, null, "1", "13900139009", "2026-11", "sms", "zh-CN" }[attempt % 7],
            };
        }

        /// <summary>{{name}} is an id or key of <see cref="Rowed"/>, {{name 2}} the third of them.</summary>
        public async Task<string> MeantAsync(string needed)
        {
            foreach (var hole in Hole().Matches(needed).DistinctBy(h => h.Value))
            {
                var found = await ReadAsync(Rowed.GetValueOrDefault(hole.Groups[1].Value, $"cast(id as text) from {hole.Groups[1].Value}"));
                needed = needed.Replace(hole.Value, found[hole.Groups[2].Success ? int.Parse(hole.Groups[2].Value, CultureInfo.InvariantCulture) : 0], StringComparison.Ordinal);
            }

            return needed;
        }
    }
}
