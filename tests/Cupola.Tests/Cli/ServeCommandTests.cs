namespace Cupola.Tests.Cli;

/// <summary><c>cupola serve</c> with options that cannot be.</summary>
public sealed class ServeCommandTests
{
    [Theory]
    [InlineData("--urls", "localhost", 2, "--urls is an address such as http://127.0.0.1:2547")]
    [InlineData("--urls", "ftp://localhost", 2, "--urls is an address")]
    [InlineData("--urls", "http://localhost/path", 2, "--urls is an address")]
    [InlineData("--labels", "animals", 2, "--labels is NAME=FILE")]
    [InlineData("--labels", "animals=nothing.txt", 3, "nothing.txt")]
    [InlineData("--classifier", "birds=nothing.safetensors", 3, "nothing.safetensors")]
    [InlineData("--api-key-file", "nothing.txt", 3, "nothing.txt")]
    public void WhatCannotBeIsASentence(string option, string value, int exitCode, string words)
    {
        Tool.Run run = Tool.Start("serve", option, value, "--index", TestFolder.New());

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void AFileWithoutKeysLetsNobodyInByMistake()
    {
        string keys = TestFolder.NewFile("keys.txt");
        File.WriteAllText(keys, "# none yet\n\n");

        Tool.Run run = Tool.Start("serve", "--api-key-file", keys, "--index", TestFolder.New());

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("holds no keys", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void APortThatIsTakenIsASentence()
    {
        using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;

        Tool.Run run = Tool.Start("serve", "--urls", $"http://127.0.0.1:{port}", "--index", TestFolder.New());

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("address already in use", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
