using Huitou.Access;
using Huitou.Approvals;
using Huitou.Calendars;
using Huitou.Care;
using Huitou.Complaints;
using Huitou.Custody;
using Huitou.Customers;
using Huitou.Files;
using Huitou.FollowUps;
using Huitou.Goods;
using Huitou.House;
using Huitou.Insights;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Mystery;
using Huitou.Sheets;
using Huitou.Staff;
using Huitou.Surveys;

namespace Huitou;

/// <summary>The rooms of the house. A new module is one more line here, and nowhere else.</summary>
public static class Rooms
{
    public static IReadOnlyList<Module> All { get; } =
    [
        new AccessModule(),
        new ApprovalsModule(),
        new CalendarsModule(),
        new FilesModule(),
        new SheetsModule(),
        new MessagesModule(),
        new StaffModule(),
        new CustomersModule(),
        new CustodyModule(),
        new GoodsModule(),
        new ComplaintsModule(),
        new SurveysModule(),
        new MysteryModule(),
        new FollowUpsModule(),
        new CareModule(),
        new InsightsModule(),
        new HouseModule(),
    ];
}
