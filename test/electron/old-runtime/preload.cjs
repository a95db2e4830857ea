// For tests only, see index.cjs: what newer runtimes give to preload scripts.
const electron = require('electron')
if (electron.webUtils === undefined) electron.webUtils = { getPathForFile: (file) => file.path }
