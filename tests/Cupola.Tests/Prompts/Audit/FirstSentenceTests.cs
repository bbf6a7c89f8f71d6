using Cupola.Prompts.Audit;

namespace Cupola.Tests.Prompts.Audit;

public sealed class FirstSentenceTests
{
    [Theory]
    [InlineData("A frog is green. It sits on a leaf.", "A frog is green.")]
    [InlineData("It is 3.5 cm long. It sits.", "It is 3.5 cm long.")]
    [InlineData(
        "It lives near St. Moritz and in the U.S. and elsewhere. It sits.",
        "It lives near St. Moritz and in the U.S. and elsewhere."
    )]
    [InlineData("Some frogs, e.g. this one, are green. It sits.", "Some frogs, e.g. this one, are green.")]
    [InlineData("Named by J. Smith in 1901! It sits.", "Named by J. Smith in 1901!")]
    [InlineData("It says \"ribbit.\" It sits.", "It says \"ribbit.\"")]
    [InlineData("A frog\nis\tgreen. It sits.", "A frog is green.")]
    [InlineData("Sure! Here it is:\n\nA frog is green.", "Sure!")]
    [InlineData("Here is a description:\n\nA frog is green. It sits.", "A frog is green.")]
    [InlineData("<think>What is a frog?\n\nWell.</think>\nA frog is green. It sits.", "A frog is green.")]
    [InlineData("青いカエル。葉の上にいる。", "青いカエル。")]
    public void ASentenceEndsWhereItDoesAndNotAtEveryFullStop(string answer, string sentence) =>
        Assert.Equal(sentence, FirstSentence.Find(answer, isWhole: true));

    [Theory]
    [InlineData("1. A frog is green.\n2. A frog is red.", "A frog is green.")]
    [InlineData("Here are some captions:\n\n- **A frog is green.**\n- A frog is red.", "A frog is green.")]
    [InlineData("- a green frog\n- a red frog", "a green frog")]
    [InlineData("A tree frog has:\n- sticky toes\n- red eyes", "A tree frog has: sticky toes, red eyes")]
    [InlineData("# Tree frog\nA frog is green.", "A frog is green.")]
    [InlineData("**Tree frog**\nA frog is green.", "A frog is green.")]
    [InlineData("**Caption:** A frog is *very* green.", "A frog is very green.")]
    [InlineData("> A frog is green.\n> It sits.", "A frog is green.")]
    [InlineData("[\"A frog is green.\", \"A frog is red.\"]", "A frog is green.")]
    [InlineData("```json\n[\"A frog is green.\", \"A frog is red.\"]\n```", "A frog is green.")]
    [InlineData("{\"class\": \"tree frog\", \"caption\": \"A frog is green.\"}", "A frog is green.")]
    [InlineData("[Image of a frog] A frog is green.", "[Image of a frog] A frog is green.")]
    [InlineData("\"A frog is green. It sits.\"", "A frog is green.")]
    [InlineData("“A frog is green.”", "A frog is green.")]
    [InlineData("'A frog's skin is green.'", "A frog's skin is green.")]
    [InlineData("\"Ribbit,\" says the frog.", "\"Ribbit,\" says the frog.")]
    [InlineData("「青いカエルです。」葉の上。", "青いカエルです。")]
    [InlineData("एक मेंढक हरा है। वह बैठा है।", "एक मेंढक हरा है।")]
    [InlineData("A frog is green.🐸 It sits.", "A frog is green.")]
    [InlineData("A frog is green.<|im_end|>\n<|im_start|>user\nAnd a toad?", "A frog is green.")]
    [InlineData("A frog is green</s>", "A frog is green")]
    public void ListsMarkupJsonAndQuotationMarksAroundASentenceAreNoneOfIt(string answer, string sentence) =>
        Assert.Equal(sentence, FirstSentence.Find(answer, isWhole: true));

    [Theory]
    [InlineData("[\"A frog is green.\", \"A fr", "A frog is green.")]
    [InlineData("[\"A frog is", null)]
    [InlineData("...", null)]
    public void OfJsonThatWasCutTheTextsBeforeAreWhole(string answer, string? sentence) =>
        Assert.Equal(sentence, FirstSentence.Find(answer, isWhole: false));

    [Theory]
    [InlineData("A frog is green and sits on")]
    [InlineData("A frog is about 3.")]
    [InlineData("A frog, as described by Dr.")]
    [InlineData("<think>What is a frog?")]
    [InlineData("")]
    public void WhatWasCutIsNoSentence(string answer) => Assert.Null(FirstSentence.Find(answer, isWhole: false));

    [Fact]
    public void AWholeCaptionWithoutAFullStopIsTakenAsItIsAndGetsNone() =>
        Assert.Equal("a green frog on a leaf", FirstSentence.Find("a green frog on a leaf\n", isWhole: true));
}
