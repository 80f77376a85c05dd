# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts beside it: where things are. The suite is GPL and comes from Debian's source package; nothing of it is here.
posix_dir=build/posix
posix_source=$posix_dir/source
posix_results=$posix_dir/results # NAME STATUS, sorted
export posix_dir posix_source
