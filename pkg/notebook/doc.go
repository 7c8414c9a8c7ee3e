// Package notebook shows figures, tables, sliders and progress in a Jupyter notebook
// whose kernel is GoNB, and keeps values from one cell to the next. In a
// script or a test the same calls write text to the terminal.
//
//	low := notebook.Must(notebook.Keep("low", trainLow))
//	notebook.Check(notebook.Show(figure.LossCurves{Runs: low}))
//
// GoNB compiles and runs every cell as a program of its own: declarations
// stay, values do not. [Keep] writes a value to a file the first time and
// reads it back in every later cell, and the next time the notebook is opened,
// until the code behind it changes; [KeepModel] does so for a model and its
// training. [Recall] reads a value that another cell keeps, [Forget] removes it.
//
// Figures are shown as real images, PNG and SVG in one bundle with the text
// beside them, and never as scripts: they show on code-hosting pages, in
// exported HTML and PDF, and without a network. Where a notebook is trusted,
// JupyterLab and nbconvert's HTML pick the SVG; JupyterLab before trust, and
// nbconvert's PDF by way of LaTeX, the PNG; terminals the text.
//
// A [Slider] is the one output with code in it, a handler in an attribute, and its
// picture is an output of its own, shown as above. Where code is taken out the
// slider is a line of text above that picture.
//
// Which display is used is decided once: GoNB's when the environment variable
// GONB_PIPE is set, else standard output. [Recorder] stands in for both in
// tests.
package notebook
