# Ruby's xmlrpc/client: a whole acquaintance with the gateway at the URL given, told as JSON.
require 'digest/md5'
require 'json'
require 'xmlrpc/client'

SERVER = XMLRPC::Client.new2(ARGV[0])

def md5(text) = Digest::MD5.hexdigest(text)

def attempt(method, arguments = nil, client = SERVER)
  client.call("LJ.XMLRPC.#{method}", *arguments)
rescue XMLRPC::FaultException => e
  { faultCode: e.faultCode, faultString: e.faultString }
end

def by_challenge(more = {})
  challenge = attempt('getchallenge')['challenge']
  [{
    username: 'test',
    auth_method: 'challenge',
    auth_challenge: challenge,
    auth_response: md5(challenge + md5('test')),
    ver: 1,
    **more
  }]
end

def by_cookie(session)
  browser = XMLRPC::Client.new2(ARGV[0])
  browser.http_header_extra = { 'X-LJ-Auth' => 'cookie' }
  browser.cookie = "ljsession=#{session['ljsession']}"
  attempt('login', [{ username: 'test', auth_method: 'cookie', ver: 1 }], browser)
end

seen = { getchallenge: attempt('getchallenge') }
wishes = { getmoods: 0, getmenus: 1, getpickws: 1, getpickwurls: 1, getcaps: 1 }
seen[:login] = attempt('login', by_challenge(wishes))
seen[:unicode] = attempt('login', [{ username: 'demo_unicode', password: 'demo', ver: 1 }])
first = seen[:sessiongenerate] = attempt('sessiongenerate', by_challenge(expiration: 'long'))
second = attempt('sessiongenerate', by_challenge)
seen[:alive] = by_cookie(first)
one = [first['ljsession'].split(':')[2].to_i]
seen[:expire] = attempt('sessionexpire', by_challenge(expire: one))
seen[:expired] = by_cookie(first)
seen[:spared] = by_cookie(second)
seen[:expireall] = attempt('sessionexpire', by_challenge(expireall: true))
seen[:expiredToo] = by_cookie(second)
seen[:wrong] = attempt('login', [{ username: 'test', password: 'wrong', ver: 1 }])
puts JSON.generate(seen)
