using Cupola.Prompts;

namespace Cupola.Tests.Prompts;

public sealed class FirstSentenceTests
{
    [Theory]
    [InlineData("A frog is green. It sits on a leaf.", "A frog is green.")]
    [InlineData("It is 3.5 cm long. It sits.", "It is 3.5 cm long.")]
    [InlineData("It lives near St. Moritz and in the U.S. and elsewhere. It sits.", "It lives near St. Moritz and in the U.S. and elsewhere.")]
    [InlineData("Some frogs, e.g. this one, are green. It sits.", "Some frogs, e.g. this one, are green.")]
    [InlineData("Named by J. Smith in 1901! It sits.", "Named by J. Smith in 1901!")]
    [InlineData("It says \"ribbit.\" It sits.", "It says \"ribbit.\"")]
    [InlineData("A frog\nis\tgreen. It sits.", "A frog is green.")]
    [InlineData("Sure! Here it is:\n\nA frog is green.", "Sure!")]
    [InlineData("Here is a description:\n\nA frog is green. It sits.", "A frog is green.")]
    [InlineData("<think>What is a frog?\n\nWell.</think>\nA frog is green. It sits.", "A frog is green.")]
    [InlineData("青いカエル。葉の上にいる。", "青いカエル。")]
    public void ASentenceEndsWhereItDoesAndNotAtEveryFullStop(string answer, string sentence) => Assert.Equal(sentence, FirstSentence.Of(answer, isWhole: true));

    [Theory]
    [InlineData("A frog is green and sits on")]
    [InlineData("A frog is about 3.")]
    [InlineData("A frog, as described by Dr.")]
    [InlineData("<think>What is a frog?")]
    [InlineData("")]
    public void WhatWasCutIsNoSentence(string answer) => Assert.Null(FirstSentence.Of(answer, isWhole: false));

    [Fact]
    public void AWholeCaptionWithoutAFullStopIsTakenAsItIsAndGetsNone() => Assert.Equal("a green frog on a leaf", FirstSentence.Of("a green frog on a leaf\n", isWhole: true));
}
