create index files_file_content on files_file (sha256);
