#pragma once

/// Keeps libtiff from printing its errors and warnings; called once before anything else.
void eosin_tiff_be_quiet(void);
