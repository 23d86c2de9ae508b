# Prints whom the proxy names, or the variable that the query names, as CGI and Rack make them of headers.
require 'socket'

server = TCPServer.new('127.0.0.1', ARGV[0].to_i)
loop do
  client = server.accept
  env = {}
  query = client.gets.to_s[/\?(\w+)/, 1]
  while (line = client.gets) && line != "\r\n"
    name, value = line.chomp.split(': ', 2)
    env["HTTP_#{name.upcase.tr('-', '_')}"] = value
  end
  user = env.fetch(query || 'HTTP_X_LJ_USER', 'nobody')
  client.write "HTTP/1.1 200 OK\r\nContent-Length: #{user.bytesize}\r\nConnection: close\r\n\r\n#{user}"
  client.close
end
