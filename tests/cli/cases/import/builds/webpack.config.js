const path = require('path'); // nothing
module.exports = {
  entry: './src/index.js',
  performance: { hints: 'error', maxAssetSize: 250000, /* per entry */ maxEntrypointSize: 400000, },
};
