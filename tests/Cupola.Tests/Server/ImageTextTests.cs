using System.Security.Cryptography;
using Cupola.Server.Embedding;

namespace Cupola.Tests.Server;

/// <summary>Base64 as clients write it.</summary>
public sealed class ImageTextTests
{
    [Fact]
    public void EveryWayOfWritingIsRead()
    {
        for (int length = 1; length < 40; length++)
        {
            byte[] bytes = RandomNumberGenerator.GetBytes(length);
            string text = Convert.ToBase64String(bytes),
                lines = Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks);

            Assert.Equal(bytes, ImageText.Decode(text));
            Assert.Equal(bytes, ImageText.Decode(text.TrimEnd('=')));
            Assert.Equal(bytes, ImageText.Decode(text.Replace('+', '-').Replace('/', '_')));
            Assert.Equal(bytes, ImageText.Decode($" {lines}\r\n"));
            Assert.Equal(bytes, ImageText.Decode($"data:image/png;base64,{text}"));
            Assert.Equal(bytes, ImageText.Decode($"DATA:;charset=x;BASE64,{text}"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("====")]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("AA=A")]
    [InlineData("AAA€")]
    [InlineData("data:image/png,AAAA")]
    [InlineData("data:image/png;base64")]
    [InlineData("/etc/passwd!")]
    [InlineData("https://example.org/a.png")]
    public void WhatIsNoBase64IsNone(string text) => Assert.Null(ImageText.Decode(text));
}
