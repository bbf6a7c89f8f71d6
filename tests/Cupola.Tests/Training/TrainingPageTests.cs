using System.Xml;
using System.Xml.Linq;
using Cupola.Training;

namespace Cupola.Tests.Training;

/// <summary>Pages that show how a training goes.</summary>
public sealed class TrainingPageTests
{
    [Fact]
    public void WhatWasLoggedStandsOnThePageInCurvesOfBoundedSize()
    {
        LoggedStep[] steps = [.. Enumerable.Range(1, 10_000).Select(static step => new LoggedStep(step, step / 1000.0, 5 - (step / 2500.0), 14.3 + (step / 1000.0), 1e-3, 310))];
        LoggedEvaluation[] evaluations = [.. Enumerable.Range(1, 10).Select(static epoch => new LoggedEvaluation(1000 * epoch, epoch, 5.0 / epoch, epoch / 20.0, (epoch - 1) / 20.0, (epoch + 1) / 20.0, 850))];

        XDocument page = Page(new() { Batch = 256, Frozen = ["text"] }, 20_000, steps, evaluations);

        string text = page.Root!.Element("body")!.Value;
        foreach (string expected in new[] { "Training of <run>", "Step 10,000 of 20,000.", "50 %of the steps, 10 epochs", "310pairs a second", "0.5validation loss after step 10,000", "50.0 %of 850 pictures recognised, 45.0 % to 55.0 %", "Guessing gives 5.545.", "frozen[\"text\"]" })
        {
            Assert.Contains(expected, text, StringComparison.Ordinal);
        }

        Assert.Equal(5, page.Descendants("svg").Count());
        Assert.Equal(10, page.Descendants("circle").Count());
        Assert.All(page.Descendants("path"), static path => Assert.InRange(path.Attribute("d")!.Value.Count(static letter => letter is 'M' or 'L'), 1, 300));
        // The curve falls: upwards is less on a screen.
        string[] loss = page.Descendants("path").Single(static path => (string?)path.Attribute("class") == "faded").Attribute("d")!.Value.Split('M', 'L');
        Assert.True(double.Parse(loss[1].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) < double.Parse(loss[^1].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void WhatIsNotEvaluatedIsNotShownAndARunHasItsPage()
    {
        string run = TrainingFixture.Train(TrainingFixture.Settings);

        XDocument page = Read(Path.Combine(run, "training.html"));

        Assert.Equal(4, page.Descendants("svg").Count());
        Assert.Contains("Step 10 of 10.", page.Root!.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("recognised", page.Root.Element("body")!.Value, StringComparison.Ordinal);
    }

    private static XDocument Page(TrainingSettings settings, long plannedSteps, IReadOnlyList<LoggedStep> steps, IReadOnlyList<LoggedEvaluation> evaluations)
    {
        string path = TestFolder.NewFile("training.html");
        TrainingPage.Write(path, "<run>", settings, plannedSteps, steps, evaluations);
        return Read(path);
    }

    private static XDocument Read(string path)
    {
        using XmlReader reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }
}
