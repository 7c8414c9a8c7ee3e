package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"example.com/unstuck/internal/buildversion"
	"example.com/unstuck/pkg/doctor"
)

func newMCPCommand() *cobra.Command {
	var s mcpServer
	var most int64
	command := &cobra.Command{
		Use:   "mcp FOLDER...",
		Short: "Serve diagnose, history, explain and predict to a coding agent, over standard input and output",
		Long: `Speaks the Model Context Protocol over standard input and output: a program such as a coding agent starts it and calls its tools,
diagnose, history, explain and predict. They read what lies in the named folders, and nothing else: links that lead out are refused.
Nothing is written there, and nothing is sent anywhere. docs/mcp.md says how an agent is told of it.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case s.timeout <= 0:
				return fmt.Errorf("--timeout is %v, must be above 0", s.timeout)
			case most < 1:
				return fmt.Errorf("--most is %d, must be at least 1", most)
			}
			if err := checkGiB(s.gib); err != nil {
				return err
			}
			var err error
			if s.folders, err = openFolders(args, most<<20); err != nil {
				return err
			}
			defer s.folders.Close()
			err = s.server().Run(cmd.Context(), &mcp.IOTransport{Reader: io.NopCloser(cmd.InOrStdin()), Writer: unclosed{cmd.OutOrStdout()}})
			if errors.Is(err, io.EOF) { // whoever started it has ended
				return nil
			}
			return err
		},
	}
	command.Flags().DurationVar(&s.timeout, "timeout", 10*time.Minute, "how long one call may take; a diagnosis then answers with what is known so far")
	command.Flags().Int64Var(&most, "most", 1024, "MiB that one call may read")
	command.Flags().Float64Var(&s.gib, "memory", doctor.DefaultMemory>>30, "GiB of memory that may be taken; what would need more by a rough estimate is refused")
	command.Flags().StringVar(&s.on, "backend", "", "xla:cuda, xla:cpu, xla, go or auto (default: as for diagnose and predict)")
	return command
}

// unclosed is standard output, which stays open behind the server.
type unclosed struct{ io.Writer }

// Close implements [io.Closer].
func (unclosed) Close() error { return nil }

// mcpServer is what the tools share.
type mcpServer struct {
	folders *mcpFolders
	timeout time.Duration
	gib     float64
	on      string
	output  int           // bytes of one answer, at most; 0: mostOutput
	busy    chan struct{} // holds one while something is computed
}

// mostOutput is how long an answer may be: an agent has to read it.
const mostOutput = 256 << 10

// server has the tools.
func (s *mcpServer) server() *mcp.Server {
	s.busy = make(chan struct{}, 1)
	if s.output == 0 {
		s.output = mostOutput
	}
	server := mcp.NewServer(&mcp.Implementation{Name: "unstuck", Version: buildversion.String()}, &mcp.ServerOptions{
		Instructions: "unstuck finds out why a training or validation loss is not moving. Folders that may be read: " + s.folders.names() +
			". diagnose examines a training, tries treatments and reports which cures it; history reads a log; explain describes a cause; predict runs a saved model.",
		Capabilities: &mcp.ServerCapabilities{},
	})
	readOnly := &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: new(bool)}
	add(s, server, &mcp.Tool{Name: "diagnose", Annotations: readOnly,
		Description: "Find out what keeps a training from learning: the cause with its evidence, and the change in code that cures it, proved by training again. " +
			"Reads a folder with a Keras model (config.json, model.keras or model.h5), data.npz or data.csv and fit.json; one that unstuck.save of the Python package wrote of PyTorch; " +
			"or a loop recorded by its unstuck.watch. May take minutes."}, s.diagnose)
	add(s, server, &mcp.Tool{Name: "history", Annotations: readOnly,
		Description: "Say what the log of a training shows: where a loss is flat, falls, rises, swings or stops being a number. Reads a file, a folder of logs, or the text of a log."}, s.history)
	add(s, server, &mcp.Tool{Name: "explain", Annotations: readOnly,
		Description: "Explain what a cause looks like, why it happens and what cures it. Without a cause it lists them all."}, s.explain)
	add(s, server, &mcp.Tool{Name: "predict", Annotations: readOnly,
		Description: "Predict with a saved model (.keras, .h5 or .pt2) on the rows of an .npz or .npy, and give the first ones."}, s.predict)
	return server
}

// add puts a tool there: bounded in time, its result and its errors as the documents of --json.
func add[In any](s *mcpServer, server *mcp.Server, tool *mcp.Tool, call func(ctx context.Context, request *mcp.CallToolRequest, in In) (answered, error)) {
	mcp.AddTool(server, tool, func(ctx context.Context, request *mcp.CallToolRequest, in In) (*mcp.CallToolResult, any, error) {
		ctx, cancel := context.WithTimeout(ctx, s.timeout)
		defer cancel()
		result, err := guarded(func() (answered, error) { return call(ctx, request, in) })
		var text []byte
		if err == nil {
			text, err = result.document(s.output)
		}
		if err != nil {
			if errors.Is(err, context.DeadlineExceeded) {
				err = fmt.Errorf("it takes longer than %v: %w", s.timeout, err)
			}
			failure, _ := document("error", errorDocument(ctx, err))
			return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: string(failure)}}}, nil, nil
		}
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: string(text)}}, StructuredContent: rawJSON(text)}, nil, nil
	})
}

// guarded turns a panic into an [internalError].
func guarded(f func() (answered, error)) (a answered, err error) {
	defer guard(&err)
	return f()
}

// alone waits until nothing else is computed: two trainings at a time would each take the memory that one may.
func (s *mcpServer) alone(ctx context.Context) (func(), error) {
	select {
	case s.busy <- struct{}{}:
		return func() { <-s.busy }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
