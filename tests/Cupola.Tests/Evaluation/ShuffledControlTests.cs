using Cupola.Evaluation;
using Cupola.Prompts;

namespace Cupola.Tests.Evaluation;

/// <summary>The control: all of a prompt set but its meaning.</summary>
public sealed class ShuffledControlTests
{
    [Fact]
    public void NoClassKeepsItsOwnDescriptionWhateverTheSeed()
    {
        PromptSet prompts = Set(
            ("ant", ["An ant of 1."]),
            ("bee", ["A bee of 2."]),
            ("cow", ["A cow of 3."]),
            ("dog", ["A dog of 4."])
        );
        HashSet<string> seen = [];

        for (int seed = 0; seed < 200; seed++)
        {
            string[] control = [.. Texts(ShuffledControl.Create(prompts, seed).Prompts)];
            Assert.All(control.Zip(["1", "2", "3", "4"]), pair =>
                Assert.DoesNotContain(pair.Second, pair.First, StringComparison.Ordinal)
            );
            Assert.All(control.Zip(["An ant", "A bee", "A cow", "A dog"]), pair =>
                Assert.StartsWith(pair.Second, pair.First, StringComparison.Ordinal)
            );
            // Each description is somewhere.
            Assert.Equal("1234", string.Concat(control.Select(static text => text[^2]).Order()));
            seen.Add(string.Join(' ', control));
        }

        // A circle of four can be gone round in 3! ways.
        Assert.Equal(6, seen.Count);
    }

    [Fact]
    public void ThereAreAsManySentencesOfEachClassAndTheSameForTheSameSeed()
    {
        PromptSet prompts = Set(
            ("ant", ["Ants 1.", "Ants 2.", "Ants 3.", "Ants 4.", "Ants 5."]),
            ("bee", ["Bees 1."]),
            ("cow", ["Cows 1.", "Cows 2."]),
            ("no sentences", [])
        );

        ShuffledControl control = ShuffledControl.Create(prompts, seed: 5);

        Assert.Equal(prompts.ClassNames, control.Prompts.ClassNames);
        Assert.All(prompts.ClassNames, name => Assert.Equal(prompts[name].Length, control.Prompts[name].Length));
        Assert.Equal(8, control.Renamed);
        Assert.Equal(Texts(control.Prompts), Texts(ShuffledControl.Create(prompts, seed: 5).Prompts));
        Assert.NotEqual(Texts(control.Prompts), Texts(ShuffledControl.Create(prompts, seed: 6).Prompts));
        Assert.All(control.Prompts["bee"].Concat(control.Prompts["cow"]), static prompt =>
            Assert.DoesNotContain("Ants", prompt.Text, StringComparison.Ordinal)
        );
        Assert.Equal("shuffled:by hand", control.Prompts["bee"][0].Source);
    }

    [Theory]
    [InlineData("accordion", "barrel", "An accordion has keys; accordions are heavy.", "A barrel has keys; barrels are heavy.")]
    [InlineData("barrel", "accordion", "Look: a barrel, or BARRELS.", "Look: an accordion, or Accordions.")]
    [InlineData("tree frog", "unicorn", "A tree-frog and a Tree  Frog's eye.", "A unicorn and a Unicorn's eye.")]
    [InlineData("daisy", "fox", "Daisies are white, a daisy is white.", "Foxes are white, a fox is white.")]
    [InlineData("pie", "butterfly", "Two pies.", "Two butterflies.")]
    [InlineData("snoopy (cartoon beagle)", "crane (bird)", "The snoopy (cartoon beagle), or Snoopy.", "The crane, or Crane.")]
    [InlineData("Eiffel Tower", "Big Ben", "The Eiffel Tower is tall.", "The Big Ben is tall.")]
    [InlineData("scissors", "cup", "Scissors cut.", "Cup cut.")]
    [InlineData("c++ (language)", "cup", "In c++, one a line.", "In cup, one a line.")]
    [InlineData("cat", "dog", "A catalogue of concatenated scat.", "A catalogue of concatenated scat.")]
    [InlineData("hen", "dog", "When hens go.", "When dogs go.")]
    public void TheOtherClassesNameGivesWayToTheClassesOwn(string described, string named, string sentence, string expected)
    {
        PromptSet prompts = Set((described, [sentence]), (named, ["Nothing is said."]));

        ShuffledControl control = ShuffledControl.Create(prompts);

        Assert.Equal(expected, control.Prompts[named][0].Text);
        Assert.Equal("Nothing is said.", control.Prompts[described][0].Text);
        Assert.Equal(sentence == expected ? 0 : 1, control.Renamed);
    }

    [Fact]
    public void OneDescriptionAloneCannotBeExchanged()
    {
        Assert.Throws<ArgumentException>(() => ShuffledControl.Create(Set(("ant", ["An ant."]))));
        Assert.Throws<ArgumentException>(() => ShuffledControl.Create(Set(("ant", ["An ant."]), ("bee", []))));
    }

    [Fact]
    public void OfPublishedSentencesNearlyAllNameTheirClassAndNoneIsLost()
    {
        PromptSet prompts = PromptSet.Read(SharedFolder.Need("data", "cupl", "cifar10_prompts_full.json"));

        ShuffledControl control = ShuffledControl.Create(prompts);

        Assert.Equal(prompts.PromptCount, control.Prompts.PromptCount);
        Assert.True(control.Renamed > 0.9 * prompts.PromptCount, $"{control.Renamed} of {prompts.PromptCount}");
        Assert.All(prompts.ClassNames, name =>
            Assert.Empty(
                prompts[name]
                    .Select(static prompt => prompt.Text)
                    .Intersect(control.Prompts[name].Select(static prompt => prompt.Text))
            )
        );
    }

    private static PromptSet Set(params (string Name, string[] Sentences)[] classes) =>
        new(
            classes.Select(static each =>
                KeyValuePair.Create(each.Name, each.Sentences.Select(static text => new Prompt(text, "by hand")))
            )
        );

    private static IEnumerable<string> Texts(PromptSet prompts) =>
        prompts.ClassNames.SelectMany(name => prompts[name].AsEnumerable()).Select(static prompt => prompt.Text);
}
