using System.Net;
using Cupola.Images;

namespace Cupola.Tests.Images;

/// <summary>What a stranger names is fetched from public addresses alone.</summary>
public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("ff02::1", false)]
    public void PrivateAndSpecialAddressesAreNotPublic(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1:{0}/a.png")]
    [InlineData("http://localhost:{0}/a.png")]
    [InlineData("http://2130706433:{0}/a.png")]
    [InlineData("http://0x7f.1:{0}/a.png")]
    [InlineData("http://[::1]:{0}/a.png")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/a.png")]
    public void NoNameOfThisMachineIsConnectedTo(string address)
    {
        using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() =>
            ImageAddress.FetchPublic(
                string.Format(System.Globalization.CultureInfo.InvariantCulture, address, port),
                1 << 20,
                TestContext.Current.CancellationToken
            )
        );

        Assert.Contains("no public address", refused.Message, StringComparison.Ordinal);
        Assert.False(listener.Pending());
    }
}
