using System.Globalization;
using Huitou.Kernel;
using Huitou.Surveys;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Demo;

/// <summary>A survey of the eight factors, out since three weeks, answered by the code on the counter; a target; a programme that waits to be switched on.</summary>
internal sealed partial class Story
{
    private const int SurveyDays = 20;
    private const int AnswersADay = 6; // the drivers of eight factors need 114

    // Chances of its own: what is added here changes nothing else of the story.
    private readonly Random answers = new(20261122);
    private readonly List<Guid> doors = [];
    private Guid survey;

    private async Task SurveyAsync(DateOnly day, DateOnly today, CancellationToken cancel)
    {
        if (day == today.AddDays(-SurveyDays)) await PublishAsync(day, cancel);
        if (doors.Count == 0 || day <= today.AddDays(-SurveyDays)) return;
        if (day == today.AddDays(-2)) await DoAsync(day, 9, "hejianping", (inside, _) => inside.GetRequiredService<HeardDesk>().MakeAsync(survey, Cast.Said, Cast.Did, "responsive", null, cancel), cancel);
        clock.MoveTo(At(day, 19, 0));
        if (clock.Now() >= end) return;
        await services.AsCompanyAsync(company, "demo", async (inside, db) =>
        {
            var answering = inside.GetRequiredService<Answering>();
            for (var i = 0; i < AnswersADay; i++)
            {
                var place = answers.Next(doors.Count);
                var opened = (await answering.OpenAsync(doors[place], cancel))!;
                var answer = answering.Begin(opened, Ids.New(clock.Now()), "");
                await answering.FinishAsync(answer, opened, Said(opened.Form, place), Texts.Languages[0], cancel);
            }

            await db.SaveAsync(cancel: cancel);
        }, cancel);
    }

    private async Task PublishAsync(DateOnly day, CancellationToken cancel)
    {
        await DoAsync(day, 10, "hejianping", async (inside, db) =>
        {
            var desk = inside.GetRequiredService<SurveyDesk>();
            var made = desk.Make(Cast.SurveyName, "factors", anonymous: false);
            survey = made.Id;
            made.Try();
            await db.SaveChangesAsync(cancel);
            db.ChangeTracker.Clear();
            await desk.PublishAsync(survey, cancel);
            await desk.AimAsync(survey, null, Target.Index, 90, cancel);
            db.Set<Programme>().Add(new Programme { SurveyId = survey, Name = Cast.ProgrammeName, Event = ProgrammeEvent.Sale, At = clock.Now() }.Set(3, 50, 100, 30, 3, 14));
            await db.SaveChangesAsync(cancel);
            db.ChangeTracker.Clear();
            foreach (var store in stores) doors.Add((await desk.OpenDoorAsync(survey, DoorKind.Qr, store.Id, null, "", cancel)).Id);
        }, cancel);
    }

    // Each shop has its weak side; the second waits too long.
    private Typed Said(SurveyForm form, int place)
    {
        var typed = new Typed();
        var mood = answers.Next(100) switch { < 6 => 2, < 16 => 3, < 52 => 4, _ => 5 };
        foreach (var question in form.Questions.Where(q => q.Scale is not null))
        {
            // What weighs more goes closer with the whole.
            var close = question.Factor switch { "responsive" => 95, "reliable" => 70, "trusted" => 55, "able" => 50, "understanding" => 40, _ => 25 };
            var near = Math.Clamp((answers.Next(100) < close ? mood : 3 + answers.Next(3)) - (question.Factor != "responsive" ? 0 : place % 2 == 1 && answers.Next(3) == 0 ? 2 : 1), 1, 5);
            var number = question.Means == Meaning.Overall ? mood : question.Kind == QuestionKind.Nps ? Math.Clamp(mood * 2 + answers.Next(2), 0, 10) : near;
            typed[question.Key] = [number.ToString(CultureInfo.InvariantCulture)];
        }

        if (answers.Next(3) == 0) typed[SurveyRun.Free] = [Cast.Words[mood - 1][answers.Next(Cast.Words[mood - 1].Length)]];
        return typed;
    }
}
