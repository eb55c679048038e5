using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace LegPain.Server.Errors;

/// <summary>
/// Turns what no service foresaw into a status that says nothing personal. The one place that logs it.
/// </summary>
internal sealed partial class CallGuard(ILogger<CallGuard> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception, context);
        }
    }

    private RpcException Translate(Exception exception, ServerCallContext context)
    {
        if (context.CancellationToken.IsCancellationRequested)
        {
            // The client has not left, so it is the deadline that canceled the call.
            return context.GetHttpContext().RequestAborted.IsCancellationRequested
                ? new(new(StatusCode.Cancelled, "The call was canceled."))
                : Refuse.TooLate();
        }

        if (exception is LimitExceededException)
        {
            return Refuse.PatientBusy();
        }

        if (exception is OrleansException or TimeoutException)
        {
            LogUnavailable(exception, context.Method);
            return Refuse.Unavailable();
        }

        LogFault(exception, context.Method);
        return Refuse.Internal(Activity.Current?.TraceId.ToHexString());
    }

    [LoggerMessage(EventId = 300, EventName = "CallUnavailable", Level = LogLevel.Warning,
        Message = "{Method} was refused as unavailable.")]
    private partial void LogUnavailable(Exception exception, string method);

    [LoggerMessage(EventId = 301, EventName = "CallFault", Level = LogLevel.Error,
        Message = "{Method} failed: a fault of the server.")]
    private partial void LogFault(Exception exception, string method);
}
