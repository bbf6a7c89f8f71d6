namespace Cupola.Runtime;

/// <summary>
/// The functions of ONNX Runtime's C interface that Cupola calls, by their index in <c>struct OrtApi</c> (onnxruntime_c_api.h).
/// Versions only add functions at the end, so an index keeps its meaning.
/// </summary>
internal enum OrtFunction
{
    CreateStatus = 0,
    GetErrorMessage = 2,
    CreateCustomOpDomain = 26,
    CustomOpDomainAdd = 27,
    AddCustomOpDomain = 28,
    GetTensorMutableData = 51,
    GetDimensionsCount = 61,
    GetDimensions = 62,
    GetTensorTypeAndShape = 65,
    KernelContextGetInput = 90,
    KernelContextGetOutput = 91,
    ReleaseStatus = 93,
    ReleaseTensorTypeAndShapeInfo = 99,
}
