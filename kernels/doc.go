// Package kernels provides the Jupyter kernels of unstuck: the kernelspecs that JupyterLab lists, and the process that
// one of them starts.
//
// A kernel is GoNB with five things done for the reader of a notebook before the first cell: the project is the
// workspace, so its packages and its pinned dependencies import as they are; nothing is fetched from the network; cells
// link fast; the project's packages are already imported under their own names; and cells are plain Go, whose statements,
// values and errors the README tells of. GoNB itself is unchanged. [Start]
// runs it on ports of its own, executes the prelude there, and then forwards the ports of Jupyter's connection file.
//
// [Install], [List] and [Remove] handle the kernelspecs; they write nowhere but in the folder that they are given.
package kernels
