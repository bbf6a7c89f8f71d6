using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Cupola.Images;
using Cupola.Retrieval;
using Cupola.Tests.Images;

namespace Cupola.Tests.Retrieval;

/// <summary>What else can lie below an index's folders, and what happens there meanwhile.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class StrangeFilesTests : IDisposable
{
    private static readonly Lazy<ClipEmbedder> Model = new(static () =>
        ClipEmbedder.Load(BuiltInModels.Flags, new() { Threads = 2 })
    );

    private readonly string _photos = Path.Combine(TestFolder.New(), "photos");
    private readonly ImageIndex _index = ImageIndex.Open(TestFolder.New(), Model.Value);
    private int _painted;

    public StrangeFilesTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes, sockets and devices in folders.");
        Directory.CreateDirectory(_photos);
        Paint("red.png", 255);
    }

    public void Dispose() => _index.Dispose();

    [Fact]
    public async Task PipesSocketsAndDevicesAreSkippedAndNotOpened()
    {
        using (Process made = Process.Start("mkfifo", [At("pipe.png")]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        // A socket's path must be short.
        string near = Path.Combine(Path.GetTempPath(), $"cupola-{Environment.ProcessId}.png");
        File.Delete(near);
        socket.Bind(new UnixDomainSocketEndPoint(near));
        File.CreateSymbolicLink(At("socket.png"), near);
        File.CreateSymbolicLink(At("linked-pipe.png"), At("pipe.png"));
        File.CreateSymbolicLink(At("endless.png"), "/dev/zero");
        File.CreateSymbolicLink(At("loop"), _photos);
        File.CreateSymbolicLink(At("circle.png"), At("circle.png"));
        File.WriteAllBytes(At("empty.png"), []);

        IndexUpdate update = await Task.Run(() => _index.Update(_photos), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        File.Delete(near);
        Assert.Equal((3, 1), (update.Seen, update.Embedded));
        Assert.Equal(2, update.Broken.Count);
        Assert.Contains(update.Broken, broken => broken == $"{At("empty.png")} is empty.");
        Assert.Contains(update.Broken, broken => broken.Contains("circle.png", StringComparison.Ordinal));
    }

    /// <summary>A folder whose name is not UTF-8 is told as files of such names are, and once.</summary>
    [Fact]
    public void AFolderThatCannotBeOpenedIsToldOnceAndTheOthersAreIndexed()
    {
        using UnnamableFolder unnamable = new(_photos);

        IndexUpdate first = _index.Update(_photos),
            second = _index.Update(_photos);

        Assert.Equal((1, 0), (first.Embedded, second.Embedded));
        Assert.Equal([$"There is no file {At(UnnamableFolder.Name)}: its name is not UTF-8; rename it."], first.Broken);
        Assert.Equal((0, 1), (second.Broken.Count, second.BrokenCount));
    }

    [Fact]
    public void BrokenCopiesAreToldByTheirOwnNames()
    {
        File.WriteAllText(At("a.jpg"), "no image");
        File.WriteAllText(At("b.jpg"), "no image");

        IndexUpdate update = _index.Update(_photos);

        Assert.Equal(2, update.Broken.Count);
        Assert.StartsWith(At("a.jpg"), update.Broken[0], StringComparison.Ordinal);
        Assert.StartsWith(At("b.jpg"), update.Broken[1], StringComparison.Ordinal);
        Assert.Equal(update.Broken[0][At("a.jpg").Length..], update.Broken[1][At("b.jpg").Length..]);
    }

    [Fact]
    public void AnImageBehindALinkIsEmbeddedAgainWhenItChanges()
    {
        string elsewhere = Path.Combine(TestFolder.New(), "image.png");
        Paint(elsewhere, 10);
        File.CreateSymbolicLink(At("link.png"), elsewhere);
        Assert.Equal(2, _index.Update(_photos).Embedded);
        Assert.Equal(0, _index.Update(_photos).Embedded);

        Paint(elsewhere, 20);

        Assert.Equal(1, _index.Update(_photos).Embedded);
    }

    [Fact]
    public async Task AFileThatIsWrittenMeanwhileNeverGetsAnotherContentsVector()
    {
        ConcurrentDictionary<string, byte[]> contents = [];
        using CancellationTokenSource ends = new();
        foreach (int file in Enumerable.Range(0, 48))
        {
            Write(file, file);
        }

        Task writing = Task.Run(
            () =>
            {
                for (int round = 48; !ends.IsCancellationRequested; round++)
                {
                    Write(round % 48, round);
                }
            },
            TestContext.Current.CancellationToken
        );
        for (int update = 0; update < 5; update++)
        {
            _index.Update(_photos);
        }

        await ends.CancelAsync();
        await writing;
        IndexUpdate last = _index.Update(_photos);
        Assert.Empty(last.Broken);
        Assert.Equal(0, last.BrokenCount);
        KnownFile[] known = [.. _index.Store.FilesBelow(_photos).Values];
        Assert.Equal(49, known.Length);
        Assert.All(known.Where(file => contents.ContainsKey(Convert.ToHexString(file.Hash!))), file =>
        {
            float[] found = _index.Store.Vector(file.Number)!;
            byte[] bytes = contents[Convert.ToHexString(file.Hash!)];
            float[] expected = Model.Value.EmbedImages([ImageSource.FromBytes(bytes)]).Single().Vector!;
            Assert.All(expected.Zip(found), static pair => Assert.Equal(pair.First, pair.Second, 2e-3));
        });

        // Beside it and renamed, so that each content is whole.
        void Write(int file, int round)
        {
            string unfinished = At($".{file}.png");
            Paint(unfinished, round);
            byte[] bytes = File.ReadAllBytes(unfinished);
            contents[Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes))] = bytes;
            File.Move(unfinished, At($"{file}.png"), overwrite: true);
        }
    }

    [Fact]
    public void WhatLiesInAFolderThatMayNotBeReadIsNotGone()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "A privileged user may read every folder.");
        Directory.CreateDirectory(At("private/below"));
        Paint("private/below/blue.png", 77);
        Assert.Equal(2, _index.Update(_photos).Embedded);
        UnixFileMode mode = File.GetUnixFileMode(At("private"));
        try
        {
            File.SetUnixFileMode(At("private"), UnixFileMode.None);
            Assert.Equal(0, _index.Update(_photos).Gone);
        }
        finally
        {
            File.SetUnixFileMode(At("private"), mode);
        }

        IndexUpdate again = _index.Update(_photos);
        Assert.Equal((2, 0, 0), (again.Seen, again.Embedded, again.Gone));
    }

    [Fact]
    public void AFullDiskIsASentenceAndTheNextUpdateGoesOn()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A device that is always full is Linux's.");
        string folder = TestFolder.New(),
            vectors = Path.Combine(folder, "vectors-1.f16");
        using ImageIndex index = ImageIndex.Open(folder, Model.Value);
        index.Update(_photos);
        Paint("blue.png", 3);
        // Full from the moment on when it is known what there is to embed.
        Beginning full = new(() =>
        {
            File.Move(vectors, vectors + ".kept");
            File.CreateSymbolicLink(vectors, "/dev/full");
        });

        IOException problem = Assert.Throws<IOException>(() => index.Update(_photos, progress: full));
        Assert.StartsWith($"The index {folder} cannot be written (No space left", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("; what was done before stays, and the next update goes on.", problem.Message, StringComparison.Ordinal);

        File.Move(vectors + ".kept", vectors, overwrite: true);
        File.CreateSymbolicLink(Path.Combine(folder, "words-1-64.f16.unfinished"), "/dev/full");
        Assert.Equal(1, index.Update(_photos).Embedded);
        Assert.Equal(2, index.Search(SearchQuery.Parse("a red flag")).Count);
    }

    private string At(string name) => Path.Combine(_photos, name);

    /// <summary>Paints an image of one color, another for each number; each time is another one.</summary>
    private void Paint(string name, int number)
    {
        byte[][] pixels =
        [
            .. Enumerable.Repeat(new[] { (byte)(number * 37), (byte)(number * 91), (byte)(number * 13 % 251) }, 16 * 16),
        ];
        PngFile.Write(At(name), [.. pixels.SelectMany(static pixel => pixel)], 16, 16);
        File.SetLastWriteTimeUtc(At(name), DateTime.UnixEpoch.AddDays(1).AddSeconds(Interlocked.Increment(ref _painted)));
    }

    /// <summary>Does something when an update says how many images there are to embed.</summary>
    private sealed class Beginning(Action act) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value < 0)
            {
                act();
            }
        }
    }
}
