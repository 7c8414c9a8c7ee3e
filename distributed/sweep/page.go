package sweep

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"sync"
	"time"

	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/explore/explorefigure"
	"example.com/unstuck/pkg/figure"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// shown is how many rows a page has, and drawn of how many the curves.
const (
	shown = 100
	drawn = 8
)

// Page shows a sweep while it goes on: a table, a heatmap of the first two axes, and the curves of the best. It tells nothing of the data, and
// takes nothing in.
type Page struct {
	title   string
	monitor string
	highest bool

	mutex  sync.Mutex
	trials []explore.Trial
	all    int
	over   bool
}

// Monitor is what trials are compared by.
func (p Plan) Monitor() string {
	switch {
	case p.File.Goal.Monitor != "":
		return p.File.Goal.Monitor
	case p.Training.Validated():
		return "val_loss"
	}
	return "loss"
}

// Trials is how many trainings a sweep is: each point with each seed.
func (p Plan) Trials() int { return len(p.Points) * max(1, len(p.File.Seeds)) }

// NewPage is the page of a sweep.
func (p Plan) NewPage() *Page {
	return &Page{title: p.Path, monitor: p.Monitor(), highest: p.File.Goal.Highest, all: p.Trials()}
}

// Add shows a trial more.
func (p *Page) Add(all int, t explore.Trial) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.trials, p.all = append(p.trials, t), all
}

// Again begins with the next round of a halving.
func (p *Page) Again() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.trials = nil
}

// End says that nothing more comes.
func (p *Page) End() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.over = true
}

func (p *Page) table() (t explore.Table, done, all int, over bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return explore.TableOf(p.trials, p.monitor, p.highest), len(p.trials), p.all, p.over
}

// Listen serves the page until the returned function is called. An address without a host is one of this machine alone; port 0 is a free one.
func (p *Page) Listen(address string) (url string, stop func(), err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", nil, fmt.Errorf("the page's address: %w", err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return "", nil, fmt.Errorf("the page: %w", err)
	}
	server := &http.Server{Handler: p, ReadHeaderTimeout: 5 * time.Second}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) }) // it ends with Close
	return "http://" + listener.Addr().String() + "/", func() {
		_ = server.Close() // what is open is cut
		serving.Wait()
	}, nil
}

// ServeHTTP implements [http.Handler].
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// A page from elsewhere whose name is made to lead here must not read this one.
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if host != "localhost" && net.ParseIP(host) == nil {
		http.Error(w, "ask by the address that was printed", http.StatusForbidden)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "this page is only for reading", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'")
	w.Header().Set("Cache-Control", "no-store")
	switch r.URL.Path {
	case "/":
		p.page(w)
	case "/heatmap.png":
		p.picture(w, p.heatmap)
	case "/curves.png":
		p.picture(w, curves)
	default:
		http.NotFound(w, r)
	}
}

func (p *Page) page(w http.ResponseWriter) {
	t, done, all, over := p.table()
	cells := t.Cells()
	if len(cells) > shown {
		cells = cells[:shown]
	}
	for _, row := range cells {
		for i, v := range row {
			if f, is := v.(float64); is {
				row[i] = fmt.Sprintf("%.4g", f)
			}
		}
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, map[string]any{
		"Title": p.title, "Done": done, "All": all, "Over": over, "Columns": t.Columns(), "Rows": cells, "Left": len(t.Rows) - len(cells), "Heatmap": len(t.Axes) > 1, "Some": done > 0,
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // whoever asked may have gone
}

func (p *Page) heatmap(t explore.Table) (figure.Figure, error) {
	if len(t.Axes) < 2 {
		return nil, errors.New("there is one axis only")
	}
	f, err := explorefigure.Heatmap(t, t.Axes[0], t.Axes[1])
	if _, done, all, over := p.table(); done < all && !over {
		f.Subtitle = "What says diverged may be still to come"
	}
	return f, err
}

func curves(t explore.Table) (figure.Figure, error) {
	t.Rows = t.Rows[:min(drawn, len(t.Rows))]
	bands := explorefigure.Bands(t)
	bands.Title, bands.Subtitle = "The best by epoch", fmt.Sprintf("%d of them, over their seeds", len(t.Rows))
	return bands, nil
}

func (p *Page) picture(w http.ResponseWriter, of func(explore.Table) (figure.Figure, error)) {
	t, _, _, _ := p.table()
	f, err := of(t)
	var b bytes.Buffer
	if err == nil {
		err = figure.Render(&b, f, figure.PNG)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(b.Bytes()) // whoever asked may have gone
}
